"""Results as tables in Markdown, for people and for the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.results import Results


@frozen
class Rival:
    """What cert-manager's own Go code takes for the same question, and what we want of ourselves.

    Args:
        key: How we call the key.
        cost: What Go takes, in floors, measured side by side; the best where that varied.
        share: How many times that we may take at most, cold.
    """

    key: str
    cost: float
    share: float


RIVALS: Final = (
    Rival("ec", 1.4, 1.3),
    Rival("ed25519", 1.7, 1.3),
    Rival("ec-p384", 1.7, 1.0),
    Rival("ec-p521", 5.3, 0.5),
    Rival("rsa-pkcs1", 5.0, 0.5),
    Rival("rsa-pkcs8", 10.6, 0.5),
    Rival("rsa-3072", 19.0, 0.5),
    Rival("rsa-4096", 20.0, 0.5),
)


def report(results: Results) -> str:
    """Write everything down."""
    return "\n".join(
        [
            _described(results),
            "",
            *_rivals(results),
            *_paths(results),
            *_growth(results),
            *_rest(results),
        ]
    )


def _described(results: Results) -> str:
    machine = results.machine
    return (
        f"Python {machine['python_version']} on {machine['cpu_model_name']}, "
        f"{machine['cpu_count']} cores, {machine['platform']}; "
        f"load at the start {machine['load_avg_1min']}."
    )


def _rivals(results: Results) -> list[str]:
    costs = {one.path: one for one in results.paths}
    rows = []
    for rival in RIVALS:
        one = costs[f"trigger/{rival.key}/one-request"]
        most = rival.cost * rival.share
        warm = one.warm_us / one.floor_us
        holds = "yes" if one.cold_over_floor <= most and warm < rival.cost else "no"
        rows.append(
            (rival.key, f"{rival.cost:.1f}", f"{most:.2f}", f"{one.cold_over_floor:.2f}",
             f"{warm:.2f}", holds)
        )  # fmt: skip
    head = ("trigger, one request; in floors", "Go", "at most", "cold", "warm", "holds")
    return _table(head, rows)


def _paths(results: Results) -> list[str]:
    head = ("path; in us", "floor", "cold", "warm", "cold / floor")
    return _table(
        head,
        [
            (one.path, f"{one.floor_us:.1f}", f"{one.cold_us:.1f}", f"{one.warm_us:.1f}",
             f"{one.cold_over_floor:.2f}")
            for one in results.paths
        ],
    )  # fmt: skip


def _growth(results: Results) -> list[str]:
    rows = [
        (f"{one.size:,} {one.of}", "" if one.floor is None else f"{one.floor:,.0f}",
         f"{one.cost:,.0f}", f"{one.cost / one.size:,.1f}")
        for one in results.growth
    ]  # fmt: skip
    return _table(("how cost grows; in us", "floor", "certlife", "each"), rows)


def _rest(results: Results) -> list[str]:
    chains, fleet = results.chains, results.fleet
    windows = [(one.of, f"{one.read:.1f}", f"{one.found:.1f}") for one in results.windows]
    bundles = [
        ("verifying its links alone", chains.links),
        ("putting it in order, shuffled", chains.ordered),
        ("trying every pair", chains.pairs),
        ("as many certificates of one name", chains.namesakes),
    ]
    memory = [(one.key, f"{one.given:,}", f"{one.unread:,}", f"{one.judged:,}")
              for one in results.memory]  # fmt: skip
    commands = [
        (f"{one.certificates:,}", f"{one.floor:,.1f}", f"{one.cost:,.1f}",
         f"{one.cost / one.floor:.2f}")
        for one in results.commands
    ]  # fmt: skip
    return [
        *_table(("a renewal window; in us", "reading it", "its next opening"), windows),
        *_table(
            (f"a chain of {chains.length:,}; in ms", ""),
            [(what, f"{cost / 1e3:,.1f}") for what, cost in bundles],
        ),
        *_table(
            (f"a fleet of {fleet.certificates:,}, P-256 and RSA, from JSON; in ms", ""),
            [
                ("in this process", f"{fleet.here:,.0f}"),
                ("in another", f"{fleet.one:,.0f}"),
                ("in two others", f"{fleet.two:,.0f}"),
                ("of which sending and taking", f"{fleet.parent:,.0f}"),
            ],
        ),
        *_table(("memory, bytes a certificate", "given", "unread", "judged"), memory),
        *_table(
            ("starting, over starting Python; in ms", ""),
            [(f"`{one.of}`", f"{one.cost:.0f}") for one in results.starts],
        ),
        *_table(
            ("`certlife check`, of so many; in ms of CPU", "floor", "certlife", "ratio"), commands
        ),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---", *("--:" for _ in head[1:])]
    return [*(f"| {' | '.join(row)} |" for row in (head, rule, *rows)), ""]
