"""What a key may be used for: the words of `spec.usages` as the bits and OIDs of two extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.errors import InvalidValueError, shown
from certlife.model import fields
from certlife.model.spec import DEFAULT_USAGES, KeyUsage
from certlife.pki.extensions import KeyUsageBit
from certlife.signing.arguments import require

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Usages:
    """The content of the key usage and extended key usage extensions.

    Attributes:
        key_usages: RFC 5280, section 4.2.1.3; each once, in the order of the bits.
        extended_key_usages: Section 4.2.1.12, as dotted numbers; in the order of the words, with
            the repetitions of those.
    """

    key_usages: tuple[KeyUsageBit, ...]
    extended_key_usages: tuple[str, ...]


def usages_of(words: fields.Texts | None, *, is_ca: bool) -> Usages:
    """Sort the words of `spec.usages` into bits and OIDs.

    Args:
        words: As in the API: "server auth"; none means digital signature and key encipherment.
        is_ca: Whether certificates are to be signed, which adds "cert sign".

    Raises:
        InvalidValueError: A word is unknown; the path says which.
        WrongTypeError: `words` is text, or not a list of text.
    """
    wanted = fields.texts(words) or DEFAULT_USAGES
    require(wanted, tuple, "usages")
    bits = {KeyUsageBit.CERT_SIGN} if is_ca else set()
    purposes = []
    for index, word in enumerate(wanted):
        require(word, str, f"usages[{index}]")
        if word in _BITS:
            bits.add(_BITS[word])
        elif word in PURPOSES:
            purposes.append(PURPOSES[word])
        else:
            rule = "expected a usage of cert-manager's API, such as 'server auth'"
            raise InvalidValueError(rule, path=f"spec.usages[{index}]", value=shown(word))
    return Usages(tuple(bit for bit in KeyUsageBit if bit in bits), tuple(purposes))


_BITS: Final[Mapping[str, KeyUsageBit]] = {
    **{str(bit): bit for bit in KeyUsageBit},
    KeyUsage.SIGNING: KeyUsageBit.DIGITAL_SIGNATURE,
}
PURPOSES: Final[Mapping[str, str]] = {
    KeyUsage.ANY: "2.5.29.37.0",
    KeyUsage.SERVER_AUTH: "1.3.6.1.5.5.7.3.1",
    KeyUsage.CLIENT_AUTH: "1.3.6.1.5.5.7.3.2",
    KeyUsage.CODE_SIGNING: "1.3.6.1.5.5.7.3.3",
    KeyUsage.EMAIL_PROTECTION: "1.3.6.1.5.5.7.3.4",
    KeyUsage.S_MIME: "1.3.6.1.5.5.7.3.4",
    KeyUsage.IPSEC_END_SYSTEM: "1.3.6.1.5.5.7.3.5",
    KeyUsage.IPSEC_TUNNEL: "1.3.6.1.5.5.7.3.6",
    KeyUsage.IPSEC_USER: "1.3.6.1.5.5.7.3.7",
    KeyUsage.TIMESTAMPING: "1.3.6.1.5.5.7.3.8",
    KeyUsage.OCSP_SIGNING: "1.3.6.1.5.5.7.3.9",
    KeyUsage.MICROSOFT_SGC: "1.3.6.1.4.1.311.10.3.3",
    KeyUsage.NETSCAPE_SGC: "2.16.840.1.113730.4.1",
}
