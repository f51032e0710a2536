"""Which operations certlife answers, and what answers each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.conformance import (
    questions_matching,
    questions_objects,
    questions_policies,
    questions_signing,
    questions_time,
    questions_x509,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conformance.runner import Answering

ANSWERING: Final[Mapping[str, Answering]] = {
    **questions_policies.ANSWERING,
    **questions_objects.ANSWERING,
    **questions_time.ANSWERING,
    **questions_matching.ANSWERING,
    **questions_x509.ANSWERING,
    **questions_signing.ANSWERING,
}
