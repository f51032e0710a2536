"""Who answers the requests of `certlife run`: the issuers of its configuration.

A Secret that a CA signs with is read anew for each request, as it may have been renewed; a key is
checked once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import CertlifeError, InvalidValueError
from certlife.lifecycle.answers import Answer, Invalid, Issued, Pending
from certlife.model import annotations as keys
from certlife.model.frozenmap import FrozenMap
from certlife.pki.chain import assemble_chain
from certlife.pki.csr import X509Request
from certlife.signing.certificates import Authority, Grant, self_sign_request, sign_request
from certlife.signing.keys import Signer

if TYPE_CHECKING:
    from certlife.adapters.files import FileStore
    from certlife.cli.configuration import Configuration, Place
    from certlife.driver import Clock
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData

Entries: TypeAlias = FrozenMap[str, bytes]

_NO_ENTRIES: Final[Entries] = FrozenMap()


class Signers:
    """The issuers of a configuration; it obeys the driver's protocol.

    Args:
        configuration: Who they are, and the Secrets that were given.
        store: Where the other Secrets, and the keys of requests, are.
        clock: By which certificates begin.
    """

    def __init__(self, configuration: Configuration, store: FileStore, clock: Clock) -> None:
        self._configuration = configuration
        self._store = store
        self._clock = clock
        self._certificates = {
            (one.namespace or "", one.name): one for one in configuration.certificates
        }
        self._authorities: dict[Place, tuple[Entries, Authority]] = {}

    def answer(self, request: CertificateRequest) -> Answer:
        """Sign a request, or say what that has to wait for."""
        issuer = self._configuration.issuer_of(request.issuer_ref, request.namespace)
        if issuer is None:
            return Invalid(f"expected an issuer of the configuration, got {request.issuer_ref}")
        grant = Grant.of(request, not_before=self._clock.now())
        csr = X509Request.from_pem(request.csr or b"")
        if issuer.ca_secret is None:
            certificate = self_sign_request(csr, self._key_of(request), grant)
            return Issued(certificate, certificate)
        place = self._configuration.ca_of(issuer)
        secret = None if place is None else self._secret(place)
        if place is None or secret is None:
            return Pending(f"waits for the CA in the Secret {issuer.ca_secret}")
        authority = self._authority(place, secret.entries or _NO_ENTRIES)
        chain = assemble_chain(
            sign_request(csr, authority, grant) + secret.entry(keys.TLS_CERTIFICATE)
        )
        return Issued(chain.fullchain_pem.encode(), chain.ca_pem.encode() or None)

    def _key_of(self, request: CertificateRequest) -> Signer:
        """Read the private key that a request was made with."""
        noted = request.annotations or FrozenMap()
        place = request.namespace or "", noted.get(keys.CERTIFICATE_NAME, "")
        name = noted.get(keys.REQUEST_PRIVATE_KEY, "")
        return Signer.from_pem(self._store.read_key(self._certificates[place], name))

    def _secret(self, place: Place) -> SecretData | None:
        """Read a Secret: as it is in the store, or as it was given."""
        namespace, name = place
        found = self._store.read_secret(name, namespace or None)
        return found or self._configuration.secrets.get(place)

    def _authority(self, place: Place, entries: Entries) -> Authority:
        known = self._authorities.get(place)
        if known is not None and known[0] == entries:
            return known[1]
        try:
            authority = Authority.from_pem(
                certificate=entries.get(keys.TLS_CERTIFICATE, b""),
                private_key=entries.get(keys.TLS_PRIVATE_KEY, b""),
            )
        except CertlifeError as error:
            rule = f"expected a CA in the Secret {place[1]}, mend it: {error.rule}"
            raise InvalidValueError(rule) from None
        self._authorities[place] = entries, authority
        return authority
