"""Who answers the requests of `certlife run`: the issuers of its configuration.

A Secret that a CA signs with is read anew for each request, as it may have been renewed; a key is
checked once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import CertlifeError, InvalidValueError
from certlife.issuers import Answer, CaIssuer, Invalid, Pending, SelfSignedIssuer
from certlife.model import annotations as keys
from certlife.model.frozenmap import FrozenMap

if TYPE_CHECKING:
    from certlife.adapters.files import FileStore
    from certlife.cli.configuration import Configuration, Place
    from certlife.issuers import CertificateUrls, Clock
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
        self._cas: dict[tuple[Place, CertificateUrls], tuple[Entries, CaIssuer]] = {}

    def answer(self, request: CertificateRequest) -> Answer:
        """Sign a request, or say what that has to wait for."""
        issuer = self._configuration.issuer_of(request.issuer_ref, request.namespace)
        if issuer is None:
            return Invalid(f"expected an issuer of the configuration, got {request.issuer_ref}")
        if issuer.ca_secret is None:
            return self._self_signed(request, issuer.urls).answer(request)
        place = self._configuration.ca_of(issuer)
        secret = None if place is None else self._secret(place)
        if place is None or secret is None:
            return Pending(f"waits for the CA in the Secret {issuer.ca_secret}")
        return self._ca(place, secret.entries or _NO_ENTRIES, issuer.urls).answer(request)

    def _self_signed(self, request: CertificateRequest, urls: CertificateUrls) -> SelfSignedIssuer:
        """Return an issuer that finds the key where the request's Certificate keeps it."""
        name = (request.annotations or FrozenMap()).get(keys.CERTIFICATE_NAME, "")
        certificate = self._certificates[request.namespace or "", name]
        return SelfSignedIssuer(
            read_key=lambda _, key_name: self._store.read_key(certificate, key_name),
            clock=self._clock,
            urls=urls,
        )

    def _secret(self, place: Place) -> SecretData | None:
        """Read a Secret: as it is in the store, or as it was given."""
        namespace, name = place
        found = self._store.read_secret(name, namespace or None)
        return found or self._configuration.secrets.get(place)

    def _ca(self, place: Place, entries: Entries, urls: CertificateUrls) -> CaIssuer:
        known = self._cas.get((place, urls))
        if known is not None and known[0] == entries:
            return known[1]
        try:
            ca = CaIssuer.from_pem(
                certificate=entries.get(keys.TLS_CERTIFICATE, b""),
                private_key=entries.get(keys.TLS_PRIVATE_KEY, b""),
                clock=self._clock,
                urls=urls,
            )
        except CertlifeError as error:
            rule = f"expected a CA in the Secret {place[1]}, mend it: {error.rule}"
            raise InvalidValueError(rule) from None
        self._cas[place, urls] = entries, ca
        return ca
