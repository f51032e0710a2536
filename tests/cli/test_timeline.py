"""`certlife timeline`: a picture that can be looked at, read out and opened without a thought."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest

from certlife.cli import screen
from certlife.cli.spans import MAX_WINDOWS
from certlife.cli.svg import STYLE
from certlife.pki.pem import encode, first_block
from tests.cli.command import (
    DUE,
    GOOD,
    Object,
    Pair,
    certificate,
    in_json,
    pair,
    run,
    secret,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.testing import Result

TAGS: Final = frozenset(
    "svg title desc style defs pattern rect path g text tspan line".split()  # noqa: SIM905 — a sentence
)
SVG: Final = "{http://www.w3.org/2000/svg}"
OWN_POLICY: Final = b"""
from certlife.policy.policies import Check, Policy
from certlife.policy.violation import Violation

def never(snapshot, *, now):
    return (Violation("never", "\\x1b<b>" * 50, "spec", None, None),)

MINE = Policy("mine", (Check("never", never),))
"""
OLD: Final = pair("web.example", since="2020-01-01T00:00:00Z", until="2021-01-01T00:00:00Z")


def drawn(*objects: Object) -> ET.Element:
    """Draw objects, and read the picture."""
    result = run("timeline", "-", stdin=in_json(*objects))
    assert result.exit_code == 0, result.stderr
    return ET.fromstring(result.stdout)  # noqa: S314 — our own picture


def rows(picture: ET.Element) -> list[ET.Element]:
    return [one for one in picture.iter(f"{SVG}g") if one.get("role") == "listitem"]


def row(*objects: Object) -> ET.Element:
    """Draw one certificate, whose row this is."""
    (found,) = rows(drawn(*objects))
    return found


def sentence(found: ET.Element) -> str:
    return found.findtext(f"{SVG}title") or ""


def boxes(found: ET.Element, kind: str) -> list[ET.Element]:
    return [one for one in found.iter(f"{SVG}rect") if one.get("class") == kind]


def extent(box: ET.Element) -> tuple[float, float]:
    """Return where a box begins and ends, in per cent."""
    left = float((box.get("x") or "").removesuffix("%"))
    return left, left + float((box.get("width") or "").removesuffix("%"))


def mark(found: ET.Element, kind: str) -> float | None:
    """Return where a mark is, in per cent, None without one."""
    for place in found.iter(f"{SVG}svg"):
        if boxes(place, kind):
            return float((place.get("x") or "").removesuffix("%"))
    return None


def words(found: ET.Element) -> str:
    """Return what is written in a row, without what only wide windows show."""
    texts = [text for text in found.iter(f"{SVG}text") if text.get("class") != "more"]
    narrow = [
        part.text or "" for text in texts for part in text.iter() if part.get("class") != "wide"
    ]
    return "".join(narrow)


def now_line(picture: ET.Element) -> float:
    (line,) = (one for one in picture.iter(f"{SVG}line") if one.get("class") == "now")
    return float((line.get("x1") or "").removesuffix("%"))


def windowed(*windows: Mapping[str, str]) -> dict[str, object]:
    return {"renewal": {"policy": "RenewBefore", "windows": list(windows)}}


DAILY: Final = {"cron": "0 3 * * *", "windowDuration": "1h"}
WEEKLY: Final = {"cron": "0 3 * * 0", "windowDuration": "48h"}


def test_a_certificate_is_valid_until_it_is_due_and_then_until_it_expires() -> None:
    found = row(certificate(), secret())
    (valid,), (rest,) = boxes(found, "valid"), boxes(found, "rest")
    begin, due = extent(valid)
    again, end = extent(rest)
    assert (end - begin) / (due - begin) == pytest.approx(3 / 2, rel=1e-3)
    assert due == pytest.approx(again, abs=0.002)
    assert mark(found, "renewal") == pytest.approx(due, abs=0.002)
    assert not boxes(found, "late")
    assert mark(found, "desired") is None
    assert words(found) == "shop/webkeep · due in 36 d"


def test_a_certificate_that_is_overdue_is_so_from_its_renewal_until_now() -> None:
    picture = drawn(certificate(), secret(DUE))
    (found,) = rows(picture)
    (late,) = boxes(found, "late")
    assert extent(late)[0] == pytest.approx(mark(found, "renewal"), abs=0.002)
    assert extent(late)[1] == pytest.approx(now_line(picture), abs=0.002)
    assert extent(boxes(found, "rest")[0])[1] > extent(late)[1]


def test_a_certificate_that_has_expired_is_overdue_until_then() -> None:
    expired = pair("web.example", since="2026-08-01T00:00:00Z", until="2026-11-01T00:00:00Z")
    picture = drawn(certificate(), secret(expired))
    (found,) = rows(picture)
    assert extent(boxes(found, "late")[0])[1] < now_line(picture)
    assert "expired 23 d ago" in "".join(found.itertext())


def test_a_row_says_in_a_sentence_what_it_shows() -> None:
    assert sentence(row(certificate(), secret())) == (
        "shop/web: keep. valid from 2026-11-01T00:00:00Z (23 d ago) to 2027-01-30T00:00:00Z"
        " (in 66 d). due at 2026-12-31T00:00:00Z (in 36 d)"
    )
    assert sentence(row(certificate(), secret(DUE))) == (
        "shop/web: issue, Renewing. status.renewalTime: expected a time to come (two thirds of the"
        " lifetime), got 2026-10-31T00:00:00Z. valid from 2026-09-01T00:00:00Z (84 d ago) to"
        " 2026-11-30T00:00:00Z (in 5 d). due at 2026-10-31T00:00:00Z (24 d ago)"
    )
    assert sentence(row(certificate(spec=windowed(WEEKLY)), secret())).endswith(
        ". due at 2027-01-03T03:00:00Z (in 39 d), moved from 2026-12-31T00:00:00Z (in 36 d) into a"
        " window. a window opens at 2027-01-03T03:00:00Z (in 39 d)"
    )


def test_what_a_window_moves_is_marked_where_it_was_and_where_it_is() -> None:
    found = row(certificate(spec=windowed(WEEKLY)), secret())
    desired, renewal = mark(found, "desired"), mark(found, "renewal")
    assert desired is not None
    assert renewal is not None
    windows = [extent(one) for one in boxes(found, "window")]
    assert len(windows) == 4
    assert windows[0][0] == pytest.approx(renewal, abs=0.002)
    assert desired < renewal


def test_a_window_that_is_open_when_it_is_due_is_shown_whole_and_moves_nothing() -> None:
    window = {"cron": "0 0 30 12 *", "windowDuration": "72h"}
    found = row(certificate(spec=windowed(window)), secret())
    (box,) = boxes(found, "window")
    renewal = mark(found, "renewal")
    assert renewal is not None
    assert extent(box)[0] < renewal < extent(box)[1]
    assert mark(found, "desired") is None


def test_a_window_that_ends_when_it_is_due_is_open_still_and_shown() -> None:
    window = {"cron": "0 0 30 12 *", "windowDuration": "24h"}
    found = row(certificate(spec=windowed(window)), secret())
    (box,) = boxes(found, "window")
    assert extent(box)[1] == pytest.approx(mark(found, "renewal"), abs=0.002)


def test_of_windows_the_first_are_shown_and_none_is_too_short_to_be_seen() -> None:
    found = row(certificate(spec=windowed(DAILY, {**DAILY, "cron": "0 15 * * *"})), secret())
    windows = boxes(found, "window")
    assert len(windows) == MAX_WINDOWS
    places = [extent(window)[0] for window in windows]
    assert places == sorted(places)
    assert all("width: max(2px, " in (window.get("style") or "") for window in windows)


@pytest.mark.parametrize(
    "window",
    [{"cron": "no"}, {**DAILY, "timezone": "Mars/Olympus"}, {**DAILY, "cron": "0 0 31 2 *"}],
)
def test_windows_that_are_in_error_are_not_drawn(window: dict[str, str]) -> None:
    found = row(certificate(spec=windowed(window)), secret())
    assert not boxes(found, "window")
    assert mark(found, "renewal") is not None


def test_the_wait_after_a_failure_is_shown_and_when_it_ends_is_said() -> None:
    status = {"lastFailureTime": "2026-11-24T11:00:00Z", "failedIssuanceAttempts": 2}
    picture = drawn(certificate(more={"status": status}), secret(DUE))
    (found,) = rows(picture)
    (wait,) = boxes(found, "backoff")
    assert extent(wait)[0] < now_line(picture) < extent(wait)[1]
    assert words(found) == "shop/webbackoff · again in 60 min"
    assert "may be tried again in 60 min" in sentence(found)


def test_without_a_certificate_there_is_no_bar_and_the_reason_is_said() -> None:
    found = row(certificate(), secret(name="other"))
    assert not [one for one in found.iter(f"{SVG}rect") if one.get("class")]
    assert words(found) == "shop/webissue · DoesNotExist"
    assert sentence(found).startswith("shop/web: issue, DoesNotExist. ")


def test_without_a_secret_the_status_is_drawn() -> None:
    status = {
        "notBefore": "2026-11-01T00:00:00Z",
        "notAfter": "2027-01-30T00:00:00Z",
        "renewalTime": "2026-12-31T00:00:00Z",
    }
    found = row(certificate(more={"status": status}))
    assert mark(found, "renewal") == pytest.approx(extent(boxes(found, "valid")[0])[1], abs=0.002)
    assert words(found) == "shop/webunknown · due in 36 d"


@pytest.mark.parametrize(
    ("due", "valid", "rest"),
    [("2026-10-20T00:00:00Z", 0, 1), ("2027-02-10T00:00:00Z", 1, 0)],
    ids=["before it is valid", "after it has expired"],
)
def test_a_status_that_has_it_due_when_it_is_not_valid_draws_nothing_beyond_that(
    due: str, valid: int, rest: int
) -> None:
    status = {
        "notBefore": "2026-11-01T00:00:00Z",
        "notAfter": "2027-01-30T00:00:00Z",
        "renewalTime": due,
    }
    found = row(certificate(more={"status": status}))
    assert (len(boxes(found, "valid")), len(boxes(found, "rest"))) == (valid, rest)
    expected = extent(boxes(row(certificate(), secret()), "valid")[0])[0]
    assert extent((boxes(found, "valid") + boxes(found, "rest"))[0])[0] == expected


def test_what_is_never_renewed_is_valid_to_its_end_and_when_that_is_is_said() -> None:
    found = row(certificate(spec={"renewal": {"policy": "Disabled"}}), secret())
    assert boxes(found, "valid")
    assert not boxes(found, "rest")
    assert mark(found, "renewal") is None
    assert words(found) == "shop/webkeep · expires in 66 d"


def test_a_validity_that_runs_backwards_is_none() -> None:
    block = first_block(GOOD.certificate)
    assert block is not None
    der = block.der.replace(b"261101000000Z", b"270301000000Z")
    backwards = Pair(encode("CERTIFICATE", der).encode(), GOOD.key)
    found = row(certificate(spec=windowed(WEEKLY)), secret(backwards))
    assert not boxes(found, "valid")
    assert "valid from" not in sentence(found)


def test_what_goes_beyond_the_ends_of_the_axis_is_cut_off_and_marked() -> None:
    long = pair("web.example", since="1960-01-01T00:00:00Z", until="9999-12-31T23:59:59Z")
    objects: list[Object] = []
    for number, one in enumerate((GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, OLD, long)):
        objects += [
            certificate(f"w{number}", spec={**windowed(WEEKLY), "secretName": f"s{number}"}),
            secret(one, f"s{number}"),
        ]
    found = {sentence(one).partition(":")[0]: one for one in rows(drawn(*objects))}
    more = {
        name: [text.text for text in one.iter(f"{SVG}text") if text.get("class") == "more"]
        for name, one in found.items()
    }
    assert more["shop/w0"] == []
    assert more["shop/w8"] == ["\u2039"]
    assert more["shop/w9"] == ["\u2039", "\u203a"]
    assert not boxes(found["shop/w8"], "valid")
    assert extent(boxes(found["shop/w9"], "valid")[0]) == (1, 99)
    assert mark(found["shop/w8"], "renewal") is None
    assert not boxes(found["shop/w8"], "window")


HOSTILE: Final = [
    pytest.param("</title></style><script>alert(1)</script>", None, id="markup"),
    pytest.param("'\"><img src=x onerror=alert(1)>", None, id="quotes"),
    pytest.param("]]>&amp;&#x41;<!--", None, id="entities"),
    pytest.param("\x00\x08\x1b[31m", r"\x00\x08\x1b[31m", id="control characters"),
    pytest.param("\u202egnp\ufffe", r"\u202egnp\ufffe", id="what runs backwards or is none"),
    pytest.param("x" * 10**6, "x" * 245 + "...", id="a million characters"),
]


@pytest.mark.parametrize(("name", "shown"), HOSTILE)
@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_a_name_is_text_whatever_it_is(name: str, shown: str | None, suffix: str) -> None:
    stdin = in_json(certificate(name), secret())
    assert run("timeline", "-", "--output", f"p.{suffix}", stdin=stdin).exit_code == 0
    text = Path(f"p.{suffix}").read_text("utf-8")
    markup = text[text.index("<svg") : text.index("</svg>\n") + len("</svg>")]
    picture = ET.fromstring(markup)  # noqa: S314 — our own picture
    (found,) = rows(picture)
    assert words(found).startswith(f"shop/{shown or name}keep")
    tags = {one.tag.removeprefix(SVG) for one in picture.iter()}
    assert tags <= TAGS
    assert not re.search(r"<script|<img|onerror=(?!alert)|[\x00-\x09\x0b-\x1f\u202e\ufffe]", text)
    assert len(text) < 20_000


def test_a_reason_of_ones_own_is_text_and_cut() -> None:
    write({"pictured.py": OWN_POLICY, "w.json": in_json(certificate(), secret())})
    picture = run("timeline", "w.json", "--policy", "pictured:MINE").stdout
    (found,) = rows(ET.fromstring(picture))  # noqa: S314 — our own picture
    assert "\x1b" not in picture
    reason = r"\x1b<b>" * 50
    assert f"issue · {reason[:37]}... · " in "".join(found.itertext())
    assert sentence(found).startswith(f"shop/web: issue, {reason}. ")


def test_no_attribute_holds_what_others_wrote() -> None:
    objects = certificate("n4me", "sp4ce", spec={"dnsNames": ["n4me.example"]}), secret()
    for one in drawn(*objects).iter():
        assert not re.search("n4me|sp4ce", " ".join(one.attrib.values()))


def test_a_screen_reader_gets_a_list_of_sentences_and_no_shapes() -> None:
    picture = drawn(certificate(), certificate("other"), secret())
    assert picture.get("role") == "group"
    ids = {one.get("id"): one.text for one in picture.iter()}
    assert ids[picture.get("aria-labelledby")] == "Certificates as of 2026-11-24 12:00 UTC"
    described = ids[picture.get("aria-describedby")]
    assert described is not None
    assert described.startswith("2 certificates: 1 blocked, 1 keep. One row each: ")
    (listed,) = (one for one in picture.iter(f"{SVG}g") if one.get("role") == "list")
    assert {one.get("role") for one in listed} == {"listitem"}
    for shape in picture:
        if shape.tag == f"{SVG}g" and shape is not listed:
            assert shape.get("aria-hidden") == "true"
    for item in listed:
        assert [(one.tag, one.get("aria-hidden")) for one in item] == [
            (f"{SVG}title", None),
            (f"{SVG}g", "true"),
        ]


def test_what_is_written_on_the_axis_fits_and_on_a_phone_every_other_word_does() -> None:
    ending = pair("web.example", until="2026-12-31T00:00:00Z")  # a week ends at 99 %
    picture = drawn(certificate(), secret(ending))
    labels = {
        float((one.get("x") or "").removesuffix("%")): one.get("class")
        for one in picture.iter(f"{SVG}text")
        if (one.get("class") or "").startswith("tick")
    }
    assert [labels[place] for place in sorted(labels)][:4] == ["tick", "tick wide"] * 2
    assert max(labels) < 92
    assert {kind for place, kind in labels.items() if place > 80} == {"tick wide"}
    anchors = [one.get("text-anchor") for one in picture.iter(f"{SVG}text")]
    assert [anchor for anchor in anchors if anchor] == ["end", "middle"]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_stands_out_from_the_paper_in_light_and_in_dark(scheme: str) -> None:
    light, dark = map(colours, STYLE.split("@media (prefers-color-scheme: dark)"))
    assert light.keys() == dark.keys()
    chosen = light if scheme == "light" else dark
    paper = luminance(chosen["paper"])
    for name, colour in chosen.items():
        if name not in {"paper", "line"}:
            high, low = sorted((luminance(colour), paper), reverse=True)
            shape = name in {"valid", "late", "window", "wait"}
            # WCAG 2.2, 1.4.3 and 1.4.11: text and shapes.
            assert (high + 0.05) / (low + 0.05) >= (3 if shape else 4.5), name


def test_every_colour_and_class_that_is_used_is_there() -> None:
    for name in re.findall(r"var\(--([\w-]+)\)", STYLE):
        assert name in colours(STYLE)
    picture = drawn(certificate(spec=windowed(WEEKLY)), secret())
    used = {word for one in picture.iter() for word in (one.get("class") or "").split()}
    assert not {word for word in used if f".{word}" not in STYLE}


def test_a_thousand_certificates_are_drawn_soon_and_the_axis_again_and_again() -> None:
    many = [certificate(f"w{number}") for number in range(1000)]
    begun = time.process_time()
    picture = drawn(*many, secret())
    assert time.process_time() - begun < 10
    assert len(rows(picture)) == 1000
    labels = [one for one in picture.iter(f"{SVG}text") if one.get("class") == "now-label"]
    assert len(labels) == 40
    assert int(picture.get("height") or 0) == pytest.approx(1000 * 36 + 40 * 36, rel=0.01)


def test_a_page_is_one_for_phones_and_nothing_on_it_can_run() -> None:
    write({"w.json": in_json(certificate(), secret())})
    result = run("timeline", "w.json", "--output", "p.html")
    assert (result.exit_code, result.stdout) == (0, "")
    page = Path("p.html").read_text("utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n')
    assert "<title>Certificates as of 2026-11-24 12:00 UTC</title>\n<style>" in page
    assert 'content="width=device-width, initial-scale=1"' in page
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page
    assert page.endswith("</svg>\n</main>\n</body>\n</html>\n")
    assert run("timeline", "w.json").stdout in page


def test_any_other_kind_of_file_is_refused_and_nothing_written() -> None:
    result = run("timeline", "-", "--output", "p.png")
    assert result.exit_code == 2
    assert "expected FILE.svg or FILE.html, got p.png" in result.stderr
    assert not Path("p.png").exists()


def test_a_picture_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "is_terminal", lambda: True)
    result = run("timeline", "-", stdin=in_json(certificate(), secret()))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "expected --output FILE.svg or FILE.html, or a pipe to write to" in result.stderr
    result = run("timeline", "-", "--output", "p.svg", stdin=in_json(certificate(), secret()))
    assert (result.exit_code, result.stdout) == (0, "")
    assert Path("p.svg").read_text("utf-8").startswith("<svg xmlns=")


def unreadable(*arguments: str) -> Result:
    result = run("timeline", *arguments)
    assert result.exit_code == 2
    return result


def test_what_cannot_be_read_is_told_and_all_else_drawn() -> None:
    write({"good.json": in_json(certificate(), secret()), "bad.yaml": b"a: ["})
    result = unreadable(".", "none")
    assert len(rows(ET.fromstring(result.stdout))) == 1  # noqa: S314 — our own picture
    assert "error: bad.yaml: expected YAML" in result.stderr
    assert "error: none: cannot be read: No such file or directory" in result.stderr


def test_without_a_certificate_there_is_an_axis_still() -> None:
    picture = ET.fromstring(unreadable("none").stdout)  # noqa: S314 — our own picture
    assert not rows(picture)
    assert now_line(picture) == 50


def test_pem_files_are_drawn_by_their_names() -> None:
    write({"site/tls.crt": GOOD.certificate, "site/tls.key": GOOD.key})
    result = run("timeline", ".", "--renew-before", "240h")
    (found,) = rows(ET.fromstring(result.stdout))  # noqa: S314 — our own picture
    assert words(found) == "sitekeep · due in 56 d"
    assert "note: not judged: the spec of PEM files" in result.stderr
