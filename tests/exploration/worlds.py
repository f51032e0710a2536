"""The worlds that are explored: what may happen in each, so that all of them are finite.

What has to do with what is together in one world; everything in one would have too many states.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve

from certlife.model.spec import PrivateKeySpec, RotationPolicy
from tests.exploration import answers
from tests.exploration.moves import Bounds, spec

A: Final = spec("a.example")
B: Final = spec("b.example")
OTHER_KIND: Final = spec("a.example", algorithm="ECDSA")
NEVER: Final = evolve(
    A, private_key=PrivateKeySpec(algorithm="Ed25519", rotation_policy=RotationPolicy.NEVER)
)

SMALL: Final = {
    "kinds of keys": Bounds(
        specs=((A, OTHER_KIND),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset(),
    ),
    "one Certificate with a stopgap": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "is at it"}),
        people=frozenset({"delete the Secret"}),
        temporary=True,
        attempts=1,
    ),
}
"""Small enough for every run of the tests."""

LARGE: Final = {
    **SMALL,
    "every answer": Bounds(specs=((A,),), answers=answers.ALL, people=frozenset({"mark"})),
    "a spec that changes back and forth": Bounds(
        specs=((A, B),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"mark"}),
    ),
    "plans that come late": Bounds(
        specs=((A, B),),
        answers=frozenset({answers.GOOD}),
        people=frozenset({"delete requests", "swap keys"}),
        races=True,
        attempts=1,
        revisions=2,
    ),
    "things that go missing": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"delete requests", "delete the Secret", "spoil keys"}),
    ),
    "requests that are copied": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD}),
        people=frozenset({"delete requests", "copy requests"}),
    ),
    "a key that is never changed": Bounds(
        specs=((NEVER, A, OTHER_KIND),),
        answers=frozenset({answers.GOOD, "returns junk"}),
        people=frozenset({"delete the Secret"}),
    ),
    "a clock that jumps back": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "fails", "wants to be left alone"}),
        people=frozenset({"turn the clock back", "mark"}),
    ),
    "two Certificates on one Secret": Bounds(
        specs=((A,), (B,)),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"delete it"}),
        revisions=2,
        attempts=1,
    ),
    "two Certificates on two Secrets": Bounds(
        specs=(
            (A, spec("a.example", stored_in="other")),
            (spec("b.example", stored_in="other"),),
        ),
        answers=frozenset({answers.GOOD}),
        people=frozenset(),
        revisions=2,
        attempts=0,
        time=False,
    ),
}
"""What `python -m tests.exploration` explores."""
