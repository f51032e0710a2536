"""Every object of the conformance vectors: read, written, read again; and the gather vectors."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from certlife.adapters.kubernetes import (
    gather,
    read_certificate,
    read_request,
    read_secret,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.errors import ManifestError
from certlife.schedule.durations import format_duration, parse_duration
from certlife.schedule.instants import format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot

VECTORS: Final = Path(__file__).parents[1] / "conformance" / "vectors"
KINDS: Final = {
    "certificate": "Certificate",
    "certificates": "Certificate",
    "secret": "Secret",
    "currentRequest": "CertificateRequest",
    "nextRequest": "CertificateRequest",
    "request": "CertificateRequest",
    "requests": "CertificateRequest",
}
WAYS: Final[Mapping[str, tuple[Callable[..., object], Callable[..., dict[str, object]]]]] = {
    "Certificate": (read_certificate, write_certificate),
    "Secret": (read_secret, write_secret),
    "CertificateRequest": (read_request, write_request),
}
Object = dict[str, object]


@cache
def materials() -> dict[str, bytes]:
    stored = json.loads((VECTORS / "materials.json").read_text())
    return {
        name: b64decode(one["base64"]) if "base64" in one else one["text"].encode()
        for name, one in stored.items()
    }


def expanded(value: object) -> object:
    """Put materials in the place of their names."""
    match value:
        case dict():
            return {key: expanded(element) for key, element in value.items()}
        case list():
            return [expanded(element) for element in value]
        case str() if value.startswith(("$pem:", "$b64:")):
            data = b"".join(materials()[name] for name in value[5:].split("+"))
            return data.decode() if value.startswith("$pem:") else b64encode(data).decode()
        case _:
            return value


def questions(op: str) -> Iterator[tuple[str, Object, Object]]:
    for line in (VECTORS / f"{op}.jsonl").read_text().rstrip("\n").split("\n"):
        vector = json.loads(line)
        question = expanded(vector["input"])
        assert isinstance(question, dict)
        yield vector["id"], question, vector["output"]


def objects(question: Object) -> Iterator[tuple[str, Object]]:
    for key, kind in KINDS.items():
        said = question.get(key)
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                yield kind, one


def spelled_as_go_does(value: object, key: str = "") -> object:
    """Leave out what is null, or empty where Go does, and spell durations and instants as Go."""
    match value:
        case dict() if key == "data":
            return {name: element or "" for name, element in value.items()}
        case dict() if key not in {"annotations", "labels", "fieldsV1"}:
            fields = {name: spelled_as_go_does(one, name) for name, one in value.items()}
            return {
                name: one
                for name, one in fields.items()
                if one is not None and (one != {} or name not in {"status", "acme", "metadata"})
            }
        case list():
            return [spelled_as_go_does(element) for element in value]
        case str() if key in {"duration", "renewBefore", "windowDuration"}:
            return format_duration(parse_duration(value))
        case str() if key.endswith("Time"):
            return format_instant(parse_instant(value))
    return value


def refusal_of(kind: str, manifest: Object) -> str | None:
    """Return the path that an object is refused for, or None."""
    try:
        WAYS[kind][0](manifest)
    except ManifestError as error:
        return error.path
    return None


@pytest.mark.parametrize("op", sorted(path.stem for path in VECTORS.glob("*.jsonl")))
def test_an_object_survives_the_way_through_the_model(op: str) -> None:
    for name, question, _ in questions(op):
        for kind, manifest in objects(question):
            if refusal_of(kind, manifest) is None:
                read, write = WAYS[kind]
                model = read(manifest)
                written = write(model)
                head = {"apiVersion": written["apiVersion"], "kind": kind}
                assert written == {**head, **_mapping(spelled_as_go_does(manifest))}, name
                assert read(written) == model, name


def test_all_objects_of_the_vectors_are_read_but_three_that_a_timedelta_cannot_hold() -> None:
    outcomes = Counter(
        refusal_of(kind, manifest)
        for path in VECTORS.glob("*.jsonl")
        for _, question, _ in questions(path.stem)
        for kind, manifest in objects(question)
    )
    assert outcomes.pop(None) > 3000
    assert outcomes == {"spec.renewBefore": 3}  # "1ns", finer than a microsecond


PANICS: Final = (
    "renewal-information-without-window-start-028",
    "renewal-information-without-window-end-030",
)
"""Here cert-manager crashes; a window of which one end is unsaid is just that."""


@pytest.mark.parametrize(
    ("name", "question", "answer"),
    [pytest.param(*vector, id=vector[0]) for vector in questions("gather")],
)
def test_gathered_is_what_cert_manager_gathers(name: str, question: Object, answer: Object) -> None:
    certificate = read_certificate(_mapping(question["certificate"]))
    secret = question.get("secret")
    listed = question.get("requests") or []
    assert isinstance(listed, list)
    gates = question.get("featureGates") or {}
    snapshot = gather(
        certificate,
        secrets=[] if secret is None else [read_secret(_mapping(secret))],
        requests=[read_request(one) for one in listed],
        use_ari=_mapping(gates).get("ACMEUseARI") is True,
    )
    if name in PANICS:
        assert answer == {"panic": True}
        assert snapshot.ari_window is not None
    else:
        assert _answer(snapshot) == answer


def _answer(snapshot: Snapshot) -> Object:
    if max(len(snapshot.current_requests), len(snapshot.next_requests)) > 1:
        return {"current": None, "next": None, "secret": None, "ari": None, "error": True}
    return {
        "current": _name(snapshot.current_request),
        "next": _name(snapshot.next_request),
        "secret": None if snapshot.secret is None else snapshot.secret.name,
        "ari": _window(snapshot),
        "error": False,
    }


def _window(snapshot: Snapshot) -> Object | None:
    window, ari = snapshot.ari_window, snapshot.certificate.status.ari
    if window is None or window.start is None or window.end is None or ari is None:
        return None
    return {
        "start": format_instant(window.start),
        "end": format_instant(window.end),
        "explanationURL": ari.explanation_url,
    }


def _name(request: CertificateRequest | None) -> str | None:
    return None if request is None else request.name


def _mapping(value: object) -> Object:
    assert isinstance(value, dict)
    return value
