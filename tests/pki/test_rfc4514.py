import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki.rfc4514 import escape_value, split_name

LONG = "61" * 0x80


@pytest.mark.parametrize(
    ("text", "rdns"),
    [
        pytest.param("", [], id="nothing is the empty name"),
        pytest.param(" \t\u2003\n", [], id="so are blanks"),
        pytest.param("CN=a,O=b", [[("CN", "a")], [("O", "b")]], id="a comma separates"),
        pytest.param("CN=a;O=b", [[("CN", "a")], [("O", "b")]], id="a semicolon separates"),
        pytest.param("CN=a+O=b", [[("CN", "a"), ("O", "b")]], id="a plus sign joins"),
        pytest.param(" CN = a , O = b ", [[("CN", "a")], [("O", "b")]], id="spaces around"),
        pytest.param("CN=\ta ", [[("CN", "\ta")]], id="other blanks count"),
        pytest.param("CN=,O=b", [[("CN", "")], [("O", "b")]], id="an empty value"),
        pytest.param("CN=a=b", [[("CN", "a=b")]], id="an equals sign in a value"),
        pytest.param("=CN=a", [[("CN", "a")]], id="an empty type does not count"),
        pytest.param("C\\4E=a", [[("CN", "a")]], id="an escape in a type"),
        pytest.param(r"CN=a\,b\+c\;d", [[("CN", "a,b+c;d")]], id="escaped separators"),
        pytest.param(
            r"CN=\ \"\#\<\=\>\\ ", [[("CN", ' "#<=>\\')]], id="escaped special characters"
        ),
        pytest.param("CN=a\\ ", [[("CN", "a ")]], id="an escaped space at the end"),
        pytest.param("CN=a\\ \x20", [[("CN", "a ")]], id="and a space after it"),
        pytest.param("CN=a\\\\ ", [[("CN", "a\\")]], id="a space after an escaped backslash"),
        pytest.param(r"CN=\e2\82\AC", [[("CN", "\u20ac")]], id="escaped octets"),
        pytest.param(r"CN=\C3(", [[("CN", "\udcc3(")]], id="escaped octets that are no UTF-8"),
        pytest.param("CN=#0c03c3a961,O=b", [[("CN", "\u00e9a")], [("O", "b")]], id="BER of UTF-8"),
        pytest.param("CN=#13026162", [[("CN", "ab")]], id="BER of a PrintableString"),
        pytest.param("CN=#16022a26", [[("CN", "*&")]], id="BER of an IA5String"),
        pytest.param("CN=#0402C3FF", [[("CN", "\udcc3\udcff")]], id="BER of any octets"),
        pytest.param("CN=#0200", [[("CN", "")]], id="BER of nothing"),
        pytest.param("CN=#0482000161", [[("CN", "a")]], id="BER with a longer length than needed"),
        pytest.param(f"CN=#048180{LONG}", [[("CN", "a" * 0x80)]], id="BER with a long length"),
        pytest.param("CN= #0402", [[("CN", "#0402")]], id="a number sign after a space is text"),
    ],
)
def test_a_name_is_split(text: str, rdns: list[list[tuple[str, str]]]) -> None:
    assert split_name(text) == rdns


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("CN", "'CN'", id="no equals sign"),
        pytest.param("=a", "'a'", id="no type"),
        pytest.param("CN=a,", "''", id="a separator at the end"),
        pytest.param(",CN=a", "''", id="a separator at the start"),
        pytest.param("CN=a,b", "'b'", id="a separator that is not escaped"),
        pytest.param('CN="a"', "'\"a\"'", id="quotes"),
        pytest.param("CN=a<b", "'a<b'", id="an angle bracket"),
        pytest.param("C>N=a", "'C>N'", id="an angle bracket in a type"),
        pytest.param("CN=a\0", r"'a\x00'", id="a NUL"),
        pytest.param("CN=a\\", r"'a\\'", id="a backslash at the end"),
        pytest.param("CN=\\4", r"'\\4'", id="half an octet"),
        pytest.param("CN=\\zz", r"'\\zz'", id="a letter that needs no escape"),
        pytest.param("CN=\\\u0664\u0661", r"'\\\u0664\u0661'", id="digits outside ASCII"),
        pytest.param("CN=\ud800", r"'\ud800'", id="a lone surrogate"),
        pytest.param("CN=#", "'#'", id="no BER"),
        pytest.param("CN=#0c0", "'#0c0'", id="half an octet of BER"),
        pytest.param("CN=#0c 01 61", "'#0c 01 61'", id="blanks in BER"),
        pytest.param("CN=#0c0161 ", "'#0c0161 '", id="a blank after BER"),
        pytest.param("CN=#0c016161", "'#0c016161'", id="octets after BER"),
        pytest.param("CN=#0c0261", "'#0c0261'", id="BER that is cut off"),
        pytest.param("CN=#048200", "'#048200'", id="BER with a length that is cut off"),
        pytest.param("CN=#0480", "'#0480'", id="BER of no definite length"),
        pytest.param("CN=#0c01ff", "'#0c01ff'", id="BER of a UTF8String that is none"),
        pytest.param("CN=#13012a", "'#13012a'", id="BER of a PrintableString that is none"),
        pytest.param("CN=#16017f", "'#16017f'", id="BER of an IA5String with DEL"),
        pytest.param("CN=#30030c0161", "'#30030c0161'", id="BER of a SEQUENCE"),
        pytest.param("CN=#0900", "'#0900'", id="BER of a REAL"),
        pytest.param("CN=#1800", "'#1800'", id="BER of a time"),
    ],
)
def test_what_cannot_be_split_is_quoted(text: str, value: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        split_name(text)
    assert caught.value.value == value


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        pytest.param("a b#c", "a b#c", id="nothing to escape"),
        pytest.param(" a ", r"\ a\ ", id="spaces at the ends"),
        pytest.param("  ", r"\ \ ", id="nothing but spaces"),
        pytest.param("#a", r"\#a", id="a number sign at the start"),
        pytest.param('"+,;<>\\', r"\"\+\,\;\<\>\\", id="special characters"),
        pytest.param("\0\x1b[1m\n\x7f", r"\00\1B[1m\0A\7F", id="control characters"),
        pytest.param("a \n", r"a \0A", id="a space before a final newline"),
        pytest.param("\u00e9\udcc3", "\u00e9\\C3", id="octets that are no UTF-8"),
    ],
)
def test_a_value_is_escaped(value: str, escaped: str) -> None:
    assert escape_value(value) == escaped


OCTETS = st.binary(max_size=8).map(lambda octets: octets.decode(errors="surrogateescape"))


@given(st.one_of(st.text(), st.text(' #"+,;<=>\\\0\n'), OCTETS))
def test_an_escaped_value_is_read_back(value: str) -> None:
    try:
        value.encode(errors="surrogateescape").decode(errors="surrogateescape")
    except UnicodeEncodeError:
        value = ascii(value)
    assert split_name(f"CN={escape_value(value)}") == [[("CN", value)]]


@given(st.text('CN=,+;# \\"a0', max_size=20))
def test_any_text_is_split_or_refused(text: str) -> None:
    try:
        rdns = split_name(text)
    except UnreadableError as error:
        assert error.value is not None  # noqa: PT017 — whether it raises is not the point
    else:
        assert all(kind for pairs in rdns for kind, _ in pairs)
