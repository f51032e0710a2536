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

FAULTY: Final = evolve(A, dns_names=None)
"""No request can be made of it."""

NEVER_OTHER_KIND: Final = evolve(
    A, private_key=PrivateKeySpec(algorithm="ECDSA", rotation_policy=RotationPolicy.NEVER)
)

SMALL: Final = {
    "one Certificate": Bounds(
        specs=((A,),), answers=frozenset({answers.GOOD, "fails"}), people=frozenset()
    ),
    "one Certificate with a stopgap": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "is at it"}),
        people=frozenset({"delete the Secret"}),
        temporary=True,
    ),
    "requests that are copied": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"delete requests", "copy requests"}),
        time=False,
    ),
    "plans that come late for another spec": Bounds(
        specs=((A, B),),
        answers=frozenset({answers.GOOD}),
        people=frozenset(),
        time=False,
        races=True,
    ),
}
"""Small enough for every run of the tests."""

LARGE: Final = {
    "a spec that changes back and forth": Bounds(
        specs=((A, B),), answers=frozenset({answers.GOOD, "fails"}), people=frozenset()
    ),
    "one Certificate, and how often": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"mark"}),
        counted=True,
    ),
    "kinds of keys": Bounds(
        specs=((A, OTHER_KIND),), answers=frozenset({answers.GOOD}), people=frozenset()
    ),
    "a spec that no request can be made of": Bounds(
        specs=((A, FAULTY),),
        answers=frozenset({answers.GOOD, "finds it invalid"}),
        people=frozenset({"mark"}),
    ),
    "every answer": Bounds(specs=((A,),), answers=answers.ALL, people=frozenset()),
    "plans that come late": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD}),
        people=frozenset({"delete requests", "swap keys"}),
        races=True,
    ),
    "an issuance that is stopped by hand": Bounds(
        specs=((A, OTHER_KIND),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"stop it"}),
        time=False,
    ),
    "things that go missing": Bounds(
        specs=((A,),),
        answers=frozenset({answers.GOOD, "fails"}),
        people=frozenset({"delete requests", "delete the Secret", "spoil keys"}),
    ),
    "a key that is never changed": Bounds(
        specs=((NEVER, OTHER_KIND, NEVER_OTHER_KIND),),
        answers=frozenset({answers.GOOD}),
        people=frozenset(),
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
    **SMALL,
}
"""What `python -m tests.exploration` explores; the largest comes first, to keep nobody waiting."""
