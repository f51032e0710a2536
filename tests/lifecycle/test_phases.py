"""The table of phases, held against what is really done, and the diagram made from it."""

from __future__ import annotations

import random
from pathlib import Path

from attrs import evolve

import certlife as cl
from certlife.driver import perform
from certlife.lifecycle.actions import UpdateStatus
from certlife.lifecycle.answers import Answer, Denied, Failed, Pending, TemporaryError
from certlife.lifecycle.phases import TABLE, Phase, diagram
from certlife.lifecycle.reconcile import reconcile
from certlife.testing.issuer import Behaviour, returns_junk, signs
from tests.lifecycle.world import World

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "lifecycle.md"


def test_every_phase_has_its_row() -> None:
    assert set(TABLE) == set(Phase)


def test_the_diagram_in_the_documentation_is_the_tables() -> None:
    # To make it again: python -c "from certlife.lifecycle.phases import diagram; print(diagram())"
    assert f"```mermaid\n{diagram()}\n```" in PAGE.read_text(encoding="utf-8")


def test_what_is_done_and_where_it_leads_is_what_the_table_says() -> None:
    seen = set()
    for seed in range(40):
        chance = random.Random(seed)  # noqa: S311 — chance for a test
        answers: list[Answer | Behaviour] = [
            Pending(),
            Failed(),
            Denied(),
            TemporaryError(),
            returns_junk,
            signs,
            signs,
        ]
        world = World(*chance.choices(answers, k=12))
        for _ in range(60):
            snapshot, now = world.snapshot, world.clock.now()
            plan = reconcile(snapshot, now=now)
            phase = Phase(plan.phase)
            seen.add(phase)
            row = TABLE[phase]
            assert {type(one) for one in plan.actions} <= {*row.does, UpdateStatus}
            for action in plan.actions:
                perform(action, snapshot, world.store, now=now)
            after = Phase(reconcile(world.snapshot, now=now).phase)
            if row.does and plan.actions and not row.awaits:
                assert after in row.then, (phase, after)
            if not plan.actions:
                at = world.turn()
                if at is not None and at > now:
                    world.clock.set(at)
            if chance.random() < 0.1:
                world.edit(evolve(world.spec, dns_names=[f"{chance.randrange(2)}.example"]))
            if chance.random() < 0.05:
                world.certificate = cl.mark_for_renewal(world.certificate, now=now)
    assert seen >= {
        Phase.RESTING,
        Phase.WAITING,
        Phase.DUE,
        Phase.KEYLESS,
        Phase.UNASKED,
        Phase.ASKED,
        Phase.REFUSED,
        Phase.ANSWERED,
        Phase.OUTDATED,
    }
