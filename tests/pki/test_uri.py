import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki.uri import normalise, parse_san_uri


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("spiffe://cluster.local/ns/prod/sa/web", id="a SPIFFE ID"),
        pytest.param("https://example.com:8443/a?b=c#d", id="port, query and fragment"),
        pytest.param("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", id="opaque"),
        pytest.param("urn:%zz \u00e9", id="opaque is not looked into"),
        pytest.param("http://h/?q=%zz \u00e9", id="nor is a query"),
        pytest.param("http://h/a?", id="a lone question mark stays"),
        pytest.param("http://h/a??", id="two question marks stay"),
        pytest.param("http://h/a%2Fb%41", id="valid escapes in a path stay"),
        pytest.param("http://h/a[b]!'()*", id="so do characters that need none"),
        pytest.param("http://h//a", id="an empty segment"),
        pytest.param("http://u:p@h", id="a user and a password"),
        pytest.param("http://@h", id="an empty user"),
        pytest.param("file:///etc/hosts", id="an empty host before a path"),
        pytest.param("file:/etc/hosts", id="no host before a path"),
        pytest.param("///a", id="three slashes without a scheme are a path"),
        pytest.param("//h/a", id="a host without a scheme"),
        pytest.param("a/b:c", id="a relative path"),
        pytest.param("?q", id="a query alone"),
        pytest.param("*", id="an asterisk"),
        pytest.param("", id="nothing"),
        pytest.param("http://[::1]:80/", id="an IPv6 host"),
        pytest.param("http://[::ffff:1.2.3.4]", id="an IPv4-mapped host"),
        pytest.param("http://[fe80::1%25en0]", id="an IPv6 host with a zone"),
        pytest.param("http://a%25b", id="an escaped percent sign in a host"),
        pytest.param("http://h:", id="an empty port"),
        pytest.param("postgres://a:1,b:2/db", id="a list of hosts"),
        pytest.param("http://h/#a!?/'", id="a fragment with what needs no escape"),
    ],
)
def test_a_uri_that_go_prints_as_it_is_stays(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("HTTP://Example.com", "http://Example.com", id="the scheme in lower case"),
        pytest.param("http://h/a b", "http://h/a%20b", id="a space in a path"),
        pytest.param("http://h/%41 \u00e9'", "http://h/A%20%C3%A9%27", id="a path escaped anew"),
        pytest.param("http://h/a#", "http://h/a", id="an empty fragment goes"),
        pytest.param("http://h/#a b\x01", "http://h/#a%20b%01", id="a fragment escaped"),
        pytest.param("http://\u00e9/", "http://%C3%A9/", id="a host outside ASCII"),
        pytest.param("http://%c3%a9/", "http://%C3%A9/", id="a host escaped in lower case"),
        pytest.param("http://u!%41:p@w@h", "http://u%21A:p%40w@h", id="user and password anew"),
        pytest.param("http://", "http:", id="slashes before nothing"),
        pytest.param("//", "", id="slashes alone"),
        pytest.param("a%3Ab c", "./a:b%20c", id="a colon that is no scheme's"),
        pytest.param("http://[fe80::1%25a%20%65]", "http://[fe80::1%25a%20e]", id="a zone anew"),
    ],
)
def test_a_uri_that_go_prints_otherwise_changes(text: str, printed: str) -> None:
    assert normalise(text) == printed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param(":a", "a scheme before the colon", id="no scheme before a colon"),
        pytest.param(
            "1a:b", "without a colon in its first segment", id="a scheme with a digit first"
        ),
        pytest.param("http://h/\n", "without control characters", id="a newline"),
        pytest.param("http://h/\x7f", "without control characters", id="DEL"),
        pytest.param("http://h/%zz", "path has valid escapes", id="a bad escape in a path"),
        pytest.param("http://h/#%4", "fragment has valid escapes", id="a cut escape in a fragment"),
        pytest.param("http://%zz/", "a valid host", id="a bad escape in a host"),
        pytest.param("http://%41/", "a valid host", id="an ASCII letter escaped in a host"),
        pytest.param("http://a b/", "a valid host", id="a space in a host"),
        pytest.param("http://h:8a", "port is a number", id="letters in a port"),
        pytest.param("http://a:1,b:2/", "port is a number", id="a list of hosts on the web"),
        pytest.param("http://[::1]8", "port is a number", id="a port without its colon"),
        pytest.param("http://[::1", "brackets around all", id="a bracket that does not close"),
        pytest.param("http://a[::1]", "brackets around all", id="brackets around the end"),
        pytest.param("http://[1.2.3.4]", "IPv6 address in brackets", id="IPv4 in brackets"),
        pytest.param("http://[fe80::1%25]", "a valid IPv6 zone", id="an empty zone"),
        pytest.param("http://[fe80::1%25%2F]", "a valid IPv6 zone", id="a slash in a zone"),
        pytest.param("http://[fe80::1%25\x20]", "a valid IPv6 zone", id="a plain space in a zone"),
        pytest.param("http://u\u00e9@h", "a valid user", id="a user outside ASCII"),
        pytest.param("http://u:%z@h", "a valid user", id="a bad escape in a password"),
        pytest.param("http://h/\ud800", "in Unicode", id="a lone surrogate"),
    ],
)
def test_a_uri_that_go_cannot_parse_is_refused(text: str, rule: str) -> None:
    with pytest.raises(UnreadableError, match=rule) as caught:
        normalise(text)
    assert caught.value.value is not None


PLAIN = st.from_regex(r"[a-z]{1,5}://[a-z]{1,3}(\.[a-z]{1,3})?(/[a-z~$'!]{0,3})?", fullmatch=True)
ODD = st.text("aA1.:/?#@[]!'%*~ \u00e9", max_size=12)


@given(PLAIN)
def test_the_short_cut_and_the_long_way_agree(text: str) -> None:
    assert normalise(text) == text == normalise(f"{text}#")


@given(st.one_of(ODD, ODD.map("http://h/{}".format), ODD.map("s:{}".format)))
def test_printing_again_changes_nothing(text: str) -> None:
    try:
        printed = normalise(text)
    except UnreadableError:
        return
    assert normalise(printed) == printed


@given(st.text(max_size=20))
def test_any_text_is_printed_or_refused(text: str) -> None:
    for read in (normalise, parse_san_uri):
        try:
            read(text)
        except UnreadableError as error:
            assert error.value is not None  # noqa: PT017 — whether it raises is not the point


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("spiffe://cluster.local/ns", "spiffe://cluster.local/ns", id="a plain one"),
        pytest.param("SPIFFE://a/b", "spiffe://a/b", id="printed as by normalise"),
        pytest.param("urn:a..b", "urn:a..b", id="opaque: there is no host"),
        pytest.param("http://a.:80/", "http://a.:80/", id="a dot before a port"),
        pytest.param("http://[fe80::1%25en0]/", "http://[fe80::1%25en0]/", id="an IPv6 host"),
        pytest.param('http://a<">b', 'http://a<">b', id="characters that only Go lets into a host"),
    ],
)
def test_a_uri_in_a_certificate_is_printed(text: str, printed: str) -> None:
    assert parse_san_uri(text) == printed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("http://a./", "domain name", id="a dot at the host's end"),
        pytest.param("http://.a/", "domain name", id="a dot at its start"),
        pytest.param("http://a..b/", "domain name", id="an empty label"),
        pytest.param("http://%c3%a9/", "domain name", id="an escaped host outside ASCII"),
        pytest.param("http://[fe80::1%25a%20b]/", "domain name", id="a space in a zone"),
        pytest.param("http://h/\u00e9", "in ASCII", id="a character outside ASCII"),
        pytest.param("http://%zz/", "valid host", id="what cannot be parsed anyway"),
    ],
)
def test_a_uri_that_spoils_its_certificate_is_refused(text: str, rule: str) -> None:
    with pytest.raises(UnreadableError, match=rule):
        parse_san_uri(text)
