"""The benchmarks measure what they say: each path decides something, and every figure is there."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

from benchmarks import page
from benchmarks.__main__ import main
from benchmarks.paths import Path, paths
from benchmarks.report import RIVALS
from benchmarks.results import QUICK, Results, as_json, measure
from benchmarks.samples import sample
from benchmarks.timing import interleaved
from certlife.errors import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path as File

NAMED: Final = (
    *(
        f"{policy}/{key}/{request}"
        for policy in ("trigger", "readiness")
        for key in ("ec", "rsa-pkcs1", "rsa-pkcs8")
        for request in ("one-request", "no-request")
    ),
    *(f"renewal-time/{how}" for how in ("plain", "one-window", "ari")),
    "backoff/one-request",
    "request-matches-spec",
)
"""The paths that have to be there."""
PATHS: Final = tuple(paths(1, ["ec"]))


@lru_cache(maxsize=1)
def results() -> Results:
    return measure(QUICK)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_path_decides_something(path: Path) -> None:
    """Of other bytes it has another answer, and of the same the same when they come again."""
    (one,) = path.samples
    assert path.cold(one) == path.cold(one) == path.warmed(one)()
    other = sample("ec-p384", 1)
    spoiled = evolve(one, entries={**other.entries, "tls.crt": b"no PEM"}, csr=b"no PEM")
    try:
        assert path.cold(spoiled) != path.cold(one)
    except UnreadableError:
        assert path.name.startswith("renewal-time/")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_the_floor_reads_the_same_bytes(path: Path) -> None:
    (one,) = path.samples
    assert path.floor(one)
    with pytest.raises(ValueError, match="PEM"):
        path.floor(evolve(one, entries={"tls.key": b"no PEM", "tls.crt": b"no PEM"}, csr=b"no PEM"))


def test_the_floor_sees_a_key_that_does_not_fit() -> None:
    one, other = sample("ec", 1), sample("ec", 2)
    everything = next(paths(1, ["ec"])).floor
    assert everything(one)
    assert not everything(evolve(one, entries={**one.entries, "tls.key": other.key}))
    assert not everything(evolve(one, csr=other.csr))


def test_every_way_has_its_turn_in_every_round() -> None:
    turns: list[str] = []
    times = interleaved(
        {"one": [lambda: turns.append("1")], "other": [lambda: turns.append("2")] * 2},
        seconds=0,
        least=2,
    )
    assert "".join(turns) == "122" * 3
    assert {name: len(seconds) for name, seconds in times.seconds.items()} == {"one": 2, "other": 2}


def test_json_has_every_path_with_its_figures() -> None:
    written = json.loads(as_json(results()))
    assert set(written) >= {"machine", "paths", "growth"}
    assert {"cpu_model_name", "python_version"} <= set(written["machine"])
    found = {one["path"]: one for one in written["paths"]}
    assert set(NAMED) <= set(found)
    for one in found.values():
        figures = ("floor_us", "cold_us", "warm_us", "cold_over_floor")
        assert set(one) == {"path", *figures}
        assert all(one[figure] > 0 for figure in figures)
        assert one["warm_us"] < one["cold_us"]


def test_everything_that_grows_is_measured_in_more_than_one_size() -> None:
    grown: dict[str, list[int]] = {}
    for point in results().growth:
        assert point.cost > 0
        grown.setdefault(point.of, []).append(point.size)
    assert set(grown) == {"names", "requests", "windows", "chain", "certificates"}
    assert all(sizes in ([1, 10], [10]) for sizes in grown.values())


def test_the_rest_is_measured() -> None:
    found = results()
    assert all(one.given < one.unread < one.judged for one in found.memory)
    assert all(one.cost > one.floor > 0 for one in found.commands)
    assert found.chains.pairs > found.chains.ordered
    assert found.fleet.two > 0
    assert len(found.starts) == len({one.of for one in found.starts})


def test_the_page_is_written_anew_below_its_mark(tmp_path: File) -> None:
    written = tmp_path / "speed.md"
    written.write_text(f"above\n{page.MARK}below\n", "utf-8")
    page.write_page(results(), written)
    text = written.read_text("utf-8")
    assert text.startswith(f"above\n{page.MARK}\nPython 3.")
    assert "below" not in text
    assert {file.name for file in tmp_path.glob("*.svg")} == {"speed.svg", "growth.svg"}


def test_the_page_has_every_rival_and_every_path() -> None:
    text = page.PAGE.read_text("utf-8")
    assert all(f"| {rival.key} |" in text for rival in RIVALS)
    assert all(f"| {name} |" in text for name in NAMED)


def test_the_command_prints_tables_or_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: File
) -> None:
    monkeypatch.setattr("benchmarks.__main__.measure", lambda _: results())
    main(["--quick", "--output", str(tmp_path / "suite.json")])
    assert "| backoff/one-request |" in capsys.readouterr().out
    suite = json.loads((tmp_path / "suite.json").read_text("utf-8"))
    assert len(suite["benchmarks"]) == 3 * len(results().paths)
    main(["--quick", "--json"])
    assert json.loads(capsys.readouterr().out)["paths"]
