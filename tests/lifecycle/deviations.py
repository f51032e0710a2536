"""Where certlife's lifecycle goes another way than cert-manager's controllers on purpose.

Vectors ask single functions; how an issuance goes on from one look to the next they cannot ask. So
these deviations have no predicates: each names the test that shows it.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class LifecycleDeviation:
    """One way of cert-manager's controllers that certlife does not go.

    Args:
        name: What it is called.
        rule: What certlife does, in a sentence.
        argument: Why that is better.
        shown_by: The test that shows it, "test_again.py::test_so_and_so" in tests/lifecycle.
    """

    name: str
    rule: str
    argument: str
    shown_by: str


_CAME_TO_NOTHING: Final = (
    "test_again.py::test_a_request_that_came_to_nothing_is_made_anew_although_the_key_stays"
)

LIFECYCLE_DEVIATIONS: Final = (
    LifecycleDeviation(
        "denied-or-invalid",
        "A request that was denied or is invalid is replaced after the backoff, also where the key "
        "stays; cert-manager's FAQ says so, too.",
        "cert-manager's controllers replace what has failed and what does not fit the key. With "
        "rotation policy Never they take the old denial for a new one after every backoff, and "
        "nobody is asked again.",
        _CAME_TO_NOTHING,
    ),
    LifecycleDeviation(
        "refused-certificate",
        "A request whose certificate could not be accepted is replaced after the backoff, also "
        "where the key stays.",
        "With rotation policy Never it still fits the key, so that cert-manager judges the same "
        "certificate again after every backoff.",
        _CAME_TO_NOTHING,
    ),
    LifecycleDeviation(
        "futile-issuance",
        "An issuance that did not cure what it was made for is followed by the next only after the "
        "first step of the backoff.",
        "An issuer whose certificates are due as soon as they are made has cert-manager issue "
        "without a pause.",
        "test_corners.py::"
        "test_a_certificate_that_is_due_as_soon_as_it_is_issued_is_not_asked_for_at_once",
    ),
)
