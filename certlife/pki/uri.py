"""URIs read and printed back as Go's net/url does.

cert-manager compares what Go prints for a certificate's or request's URIs with the text of
`spec.uris`, so a spelling that Go changes never equals the one in the spec and is re-issued for
ever. This module knows only text; that a URI stands in a certificate matters for `parse_san_uri`
alone.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from certlife.errors import UnreadableError, WrongTypeError, shown


def normalise(text: str) -> str:
    """Return what Go prints for this URI: url.Parse, then URL.String.

    Args:
        text: Any text; relative references and URIs with characters outside ASCII are read too.

    Raises:
        UnreadableError: Go cannot parse it.
        WrongTypeError: `text` is no text.
    """
    _require_text(text)
    return text if _PLAIN.fullmatch(text) else _read(text)[0]


def parse_san_uri(text: str) -> str:
    """Return what Go prints for a URI in a certificate's or request's subject alternative name.

    There crypto/x509 also looks at the host: it does not end in a dot, no label is empty, and only
    printable ASCII is in it.

    Args:
        text: The IA5String, decoded as ASCII.

    Raises:
        UnreadableError: Go refuses the certificate because of it.
        WrongTypeError: `text` is no text.
    """
    _require_text(text)
    if _PLAIN.fullmatch(text):
        return text
    if not text.isascii():
        raise UnreadableError("expected a URI in ASCII", value=shown(text))
    printed, host = _read(text)
    # The port still clings to the host, as it does in Go, and saves a dot before it.
    if host and ("" in host.split(".") or not _GRAPHIC.fullmatch(host)):
        raise UnreadableError("expected a URI whose host is a domain name", value=shown(text))
    return printed


# What everybody writes; Go prints it back as it is, and crypto/x509 likes its host.
_PLAIN: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?::[0-9]+)?"
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?"
)
_GRAPHIC: Final = re.compile(r"[!-~]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BAD_HOST_ESCAPE: Final = re.compile(r"%(?!25|[89A-Fa-f][0-9A-Fa-f])")
_USERINFO: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_HOST: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:\[\]<>\"%\x80-\xff-]*")
_ESCAPED_ZONE: Final = re.compile(
    r"(?:[^%]|%(?:2[0-24-9A-Ea-e]|3[0-9A-Ea-e]|[46][1-9A-Fa-f]|5[0-9ABDFabdf]|7[0-9AEae]))*",
    re.DOTALL,
)
_PORT: Final = re.compile(r"(?::[0-9]*)?")
_WRITTEN_PATH: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@\[\]%/-]*")
_WRITTEN_FRAGMENT: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@\[\]%/?-]*")

# What Go leaves as it is when it escapes, besides letters, digits and `-._~`.
_SAFE_IN_USERINFO: Final = "$&+,;="
_SAFE_IN_HOST: Final = "!$&'()*+,;=:[]<>\""
_SAFE_IN_PATH: Final = "$&+,/:;=@"
_SAFE_IN_FRAGMENT: Final = "$&+,/:;=?@!()*"


def _require_text(text: object) -> None:
    if not isinstance(text, str):
        raise WrongTypeError("expected a URI as text", value=shown(text))


def _read(text: str) -> tuple[str, str]:
    """Return what Go prints and the host that it reads, or refuse with the text in the error."""
    try:
        # Go's strings are bytes: here each byte is one character, until the end.
        printed, host = _read_octets(text.encode().decode("latin-1"))
    except UnicodeEncodeError:
        raise UnreadableError("expected a URI in Unicode", value=shown(text)) from None
    except UnreadableError as error:
        raise UnreadableError(error.rule, value=shown(text)) from None
    return printed.encode("latin-1").decode(), host


def _read_octets(text: str) -> tuple[str, str]:
    text, _, fragment = text.partition("#")
    if _CONTROL.search(text):
        raise UnreadableError("expected a URI without control characters")
    rest, question, query = text.partition("?")
    if rest.startswith(":"):
        raise UnreadableError("expected a URI with a scheme before the colon")
    scheme = ""
    if match := _SCHEME.fullmatch(rest):
        scheme, rest = match[1].lower(), match[2]
    tail = question + query + _print_fragment(fragment)
    if scheme and not rest.startswith("/"):
        return f"{scheme}:{rest}{tail}", ""  # opaque: as it stands
    if ":" in rest.partition("/")[0]:  # RFC 3986, section 4.2
        raise UnreadableError("expected a relative URI without a colon in its first segment")
    printed = f"{scheme}:" if scheme else ""
    host, path = "", rest
    if rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        userinfo, at, host = authority.rpartition("@")
        host, path = _read_host(host, scheme), slash + path
        if authority or path:
            printed += f"//{_print_userinfo(userinfo)}{at}"
            printed += quote(host, _SAFE_IN_HOST, encoding="latin-1")
    path = _print_path(path)
    if ":" in path.partition("/")[0]:
        path = f"./{path}"  # RFC 3986, section 4.2: an escaped colon became a plain one
    return printed + path + tail, host


def _read_host(host: str, scheme: str) -> str:
    """Unescape a host with its port, which Go does not take apart."""
    opening, closing = host.rfind("["), host.rfind("]")
    if opening > 0 or closing < opening:
        raise UnreadableError("expected a URI with brackets around all of its IPv6 address")
    if opening == 0:
        _check_port(host[closing + 1 :])
        address, mark, zone = host[1:closing].partition("%25")  # RFC 6874, section 2
        address = _unescape_host(address)
        try:
            IPv6Address(address)
        except ValueError:
            raise UnreadableError("expected a URI with an IPv6 address in brackets") from None
        zone = f"%{_unescape_zone(zone)}" if mark else ""
        return f"[{address}{zone}]{host[closing + 1 :]}"
    # Lists of hosts with ports are tolerated, but not where a browser reads them.
    colon = host.find(":") if scheme in {"http", "https"} else host.rfind(":")
    if colon >= 0:
        _check_port(host[colon:])
    return _unescape_host(host)


def _check_port(port: str) -> None:
    if not _PORT.fullmatch(port):
        raise UnreadableError("expected a URI whose port is a number")


def _unescape_host(host: str) -> str:
    # RFC 3986, section 3.2.2: escapes are for what is not ASCII.
    if not _HOST.fullmatch(host) or _BAD_HOST_ESCAPE.search(host):
        raise UnreadableError("expected a URI with a valid host")
    return _unescape(host)


def _unescape_zone(zone: str) -> str:
    # Any escape may stand in a zone whose character might, and that of a space.
    if not zone or not _HOST.fullmatch(zone) or not _ESCAPED_ZONE.fullmatch(zone):
        raise UnreadableError("expected a URI with a valid IPv6 zone")
    return _unescape(zone)


def _print_userinfo(userinfo: str) -> str:
    if not _USERINFO.fullmatch(userinfo) or _BAD_ESCAPE.search(userinfo):
        raise UnreadableError("expected a URI with a valid user and password")
    user, colon, password = userinfo.partition(":")
    return _escape(user, _SAFE_IN_USERINFO) + colon + _escape(password, _SAFE_IN_USERINFO)


def _print_path(path: str) -> str:
    if _BAD_ESCAPE.search(path):
        raise UnreadableError("expected a URI whose path has valid escapes")
    return path if _WRITTEN_PATH.fullmatch(path) else _escape(path, _SAFE_IN_PATH)


def _print_fragment(fragment: str) -> str:
    if _BAD_ESCAPE.search(fragment):
        raise UnreadableError("expected a URI whose fragment has valid escapes")
    if not _WRITTEN_FRAGMENT.fullmatch(fragment):
        fragment = _escape(fragment, _SAFE_IN_FRAGMENT)
    return f"#{fragment}" if fragment else ""


def _unescape(text: str) -> str:
    return unquote_to_bytes(text.encode("latin-1")).decode("latin-1")


def _escape(text: str, safe: str) -> str:
    """Escape a text anew that may hold escapes already."""
    return quote(unquote_to_bytes(text.encode("latin-1")), safe)
