"""Where a program awaits its issuer, the same answers are taken in by the same function."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from certlife.issuers import Answer, Pending
from certlife.lifecycle.advancing import advance
from certlife.model.request import CertificateRequest, RequestOutcome
from tests.issuers.requests import NOW, asked, issuer

if TYPE_CHECKING:
    from certlife.lifecycle.advancing import Advance


class SlowCa:
    """A service: the first question submits an order, the next one finds it ready."""

    def __init__(self) -> None:
        self.orders: set[str] = set()

    async def answer(self, request: CertificateRequest) -> Answer:
        await asyncio.sleep(0)
        if request.name not in self.orders:
            self.orders.add(request.name)
            return Pending("The order is open", retry_after=timedelta(minutes=1))
        return issuer().answer(request)


def test_an_issuer_that_is_awaited_fits_as_well() -> None:
    async def ask_until_it_is_over(request: CertificateRequest) -> list[Advance]:
        ca, steps = SlowCa(), []
        while request.outcome is RequestOutcome.PENDING:
            step = advance(request, await ca.answer(request), now=NOW)
            steps.append(step)
            request = step.request
        return steps

    pending, issued = asyncio.run(ask_until_it_is_over(asked()))
    assert pending.next_check == NOW + timedelta(minutes=1)
    assert issued.next_check is None
    assert issued.request.certificate
