"""An issuer that lets every key certify itself, as cert-manager's SelfSigned issuer does.

It has no key of its own: it reads that of the request, where an annotation of the request says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

from certlife.errors import InvalidValueError, Unreadable, UnreadableError
from certlife.issuers.protocol import Clock
from certlife.lifecycle.answers import Failed, Issued, Pending
from certlife.model import annotations as keys
from certlife.model import fields
from certlife.model.certificate_urls import CertificateUrls
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest
from certlife.schedule.instants import require_aware
from certlife.signing import der
from certlife.signing.arguments import require
from certlife.signing.certificates import Grant, self_sign_request
from certlife.signing.keys import Signer

if TYPE_CHECKING:
    from certlife.lifecycle.answers import Answer

KeySource: TypeAlias = Callable[[str | None, str], bytes]
"""Returns the private key, PEM, in the Secret of a namespace and a name; b"" for none."""


@frozen(kw_only=True)
class SelfSignedIssuer:
    """Certificates that sign themselves: roots, and what needs no CA.

    Args:
        read_key: Where the keys of requests are.
        clock: By which certificates begin.
        urls: What certificates say about where more is to be found.

    Raises:
        WrongTypeError: `urls` are of another type.
    """

    read_key: KeySource
    clock: Clock
    urls: CertificateUrls = field(default=CertificateUrls(), validator=fields.one(CertificateUrls))

    def answer(self, request: CertificateRequest) -> Answer:
        """Certify the key of a request with that key itself, from now on.

        Args:
            request: Any request; which issuer it names is not looked at.

        Returns:
            Issued, with the certificate for a CA; Pending, while the key cannot be read; or Failed,
            where the request says no key, says another, or cannot be granted.

        Raises:
            WrongTypeError: `request` is no CertificateRequest.
            InvalidValueError: The clock is naive.
        """
        require(request, CertificateRequest, "request")
        now = require_aware(self.clock.now())
        name = _key_name(request)
        if not name:
            return Failed(f"The request has no annotation {keys.REQUEST_PRIVATE_KEY}")
        pem = self.read_key(request.namespace, name)
        if not pem:
            return Pending(f"There is no private key in the Secret {name}")
        try:
            signer = Signer.from_pem(pem)
        except UnreadableError as error:
            return Pending(f"The private key in the Secret {name} cannot be used: {error}")
        csr = request.csr_reading
        if isinstance(csr, Unreadable):
            return Failed(f"The request cannot be read: {csr.rule}")
        try:
            grant = Grant.of(request, not_before=now, urls=self.urls)
            signed = self_sign_request(csr, signer, grant)
        except InvalidValueError as error:
            return Failed(f"The request cannot be granted: {error}")
        return Issued(signed, signed, () if csr.subject_der != _NO_NAME else (_NO_ISSUER,))


_NO_NAME: Final = der.sequence()
_NO_ISSUER: Final = (
    "The certificate has no subject and so no issuer, which RFC 5280, section 4.1.2.4, forbids and "
    "strict clients refuse: give it a common name"
)


def _key_name(request: CertificateRequest) -> str:
    """Return what Secret the key is in; the two kinds of requests say it by different words."""
    said = request.annotations or FrozenMap()
    return said.get(keys.REQUEST_PRIVATE_KEY) or said.get(keys.SIGNING_REQUEST_PRIVATE_KEY) or ""
