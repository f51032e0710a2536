"""The doors that take whole situations: exports as bytes and objects, through to a plan."""

from __future__ import annotations

import json
import re
import tempfile
from base64 import b64decode, b64encode
from copy import deepcopy
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml
from attrs import evolve
from click.testing import CliRunner

from certlife.adapters.inputs import read_inputs
from certlife.adapters.kubernetes import (
    Refusal,
    read_certificate,
    read_export,
    read_object,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.adapters.manifests import read_documents
from certlife.adapters.pemfiles import read_pem
from certlife.cli.app import cli
from certlife.errors import CertlifeError
from certlife.lifecycle.actions import StoreSecret
from certlife.lifecycle.advancing import advance
from certlife.lifecycle.answers import Issued
from certlife.lifecycle.reconcile import reconcile
from certlife.model.spec import RenewalPolicy
from certlife.model.validation import validate
from certlife.policy.decision import Keep, advice, decide, mark_for_renewal
from certlife.policy.managed_fields import read_field_set
from certlife.policy.policies import READINESS, STRICT, TRIGGER, post_issuance_policy
from certlife.policy.renewal import renewal_time
from certlife.schedule.instants import parse_instant
from certlife.signing.requests import request_template
from tests.fuzz.der import mutate_pem
from tests.fuzz.judge import corruption, not_after
from tests.fuzz.laws import BrokenError, Trial, attempt
from tests.fuzz.mutators import MAX_OCTETS, mutate_octets, mutate_text, mutate_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from random import Random

    from certlife.model.certificate import Certificate
    from certlife.model.snapshot import Snapshot
    from tests.fuzz.mutators import Tree
    from tests.fuzz.seeds import Seeds

CANARY: Final = "Correct1Horse2Battery3Staple"
"""A password that the Secrets hold, never to be told."""

_ENTRIES: Final = ("tls.key", "password", "keystore.jks")
_POLICIES: Final = (TRIGGER, STRICT, READINESS)
_FOLDER_FILES: Final = ("tls.crt", "tls.key", "web.pem", "web.key", "export.json", "export.yaml")
_NOT_TO_WRITE: Final = re.compile(r"\[{5}|\\ud[89a-f]")  # PyYAML would fail, not certlife
_MAX_YAML: Final = 50_000
_DAMAGED: Final = 0.95
_HOSTILE: Final[tuple[object, ...]] = (
    b"x",
    (),
    {1: 2},
    {None: {}},
    float("nan"),
    object(),
    timedelta.max,
    range(3),
    1j,
    "\ud800",
)


def world(random: Random, seeds: Seeds) -> Trial:
    """Objects as `kubectl get -o json` has them, some of their values changed."""
    objects, now = _world(random, seeds)
    return Trial(objects, len(repr(objects)), lambda: _judged([("", one) for one in objects], now))


def export_text(random: Random, seeds: Seeds) -> Trial:
    """The same objects as the bytes of a file, some of them changed."""
    objects, now = _world(random, seeds)
    data = mutate_octets(_file(objects, random), random)

    def ask() -> Iterable[object]:
        documents = read_documents(data, source="a file")
        refusals = [one for one in documents if isinstance(one, Refusal)]
        values = [(one.source, one.value) for one in documents if not isinstance(one, Refusal)]
        return [*refusals, *_judged(values, now)]

    return Trial(data, len(data), ask)


def objects(random: Random, seeds: Seeds) -> Trial:
    """Objects as a program may hand them over: of types that JSON does not have."""
    found, _ = _world(random, seeds)
    one = random.choice(found) if found else {}
    container = one
    while isinstance(container, dict) and container and random.random() < 0.7:
        key = random.choice([*container])
        if not isinstance(container[key], dict) or random.random() < 0.3:
            container[key] = random.choice(_HOSTILE)  # type: ignore[assignment]  # no JSON
            break
        container = container[key]
    asked = random.choice(_HOSTILE) if random.random() < 0.1 else one
    read: Callable[..., object] = random.choice((read_object, read_certificate))
    return Trial(
        asked,
        10_000,
        lambda: [repr(attempt(lambda: read(asked))), repr(read_export([("", asked)]))],
    )


def field_set(random: Random, seeds: Seeds) -> Trial:
    """What `managedFields` says of who owns which field."""
    fields: Tree = {
        "f:metadata": {"f:annotations": {".": {}, "f:a": {}}, 'k:{"uid":"1"}': {}},
        "f:spec": {"i:12": {}, 'v:"a"': {".": {}}, "x:later": {}},
    }
    text = json.dumps(mutate_tree(fields, random, values=seeds.values, readers={}))
    if random.random() < 0.5:
        text = mutate_text(text, random)
    return Trial(text, len(text), lambda: [read_field_set(text)])


def key_pair(random: Random, seeds: Seeds) -> Trial:
    """A certificate and perhaps a key, from files."""
    certificate = _changed(random.choice(seeds.certificates), random, seeds.certificates)
    key = random.choice((None, *seeds.keys))
    if key is not None:
        key = _changed(key, random, seeds.keys)
    _, now = _world(random, seeds)

    def ask() -> Iterable[object]:
        found = read_pem(certificate, key, name="web", source="web.pem")
        (snapshot,) = read_export([("", write_certificate(found.certificate))]).snapshots()
        return [found.source, found.unchecked, repr(found), *_decided(snapshot, now)]

    return Trial((certificate, key), len(certificate) + len(key or b""), ask)


def folder(random: Random, seeds: Seeds) -> Trial:
    """A folder of files, with what they are called mixed up."""
    found, now = _world(random, seeds)
    contents = (
        random.choice(seeds.certificates),
        random.choice(seeds.keys),
        mutate_octets(random.choice(seeds.certificates), random),
        mutate_octets(random.choice(seeds.keys), random),
        _file(found, random),
        mutate_octets(_file(found, random), random),
    )
    files = {random.choice(_FOLDER_FILES): random.choice(contents) for _ in range(3)}

    def ask() -> Iterable[object]:
        with tempfile.TemporaryDirectory() as top:
            for name, data in files.items():
                (Path(top) / name).write_bytes(data)
            inputs = read_inputs([top])
        values = [(one.source, one.value) for one in inputs.documents]
        told = [repr(pem) for pem in inputs.pems]
        return [*inputs.refusals, *told, *_judged(values, now)]

    return Trial(files, sum(map(len, files.values())), ask)


def command(random: Random, seeds: Seeds) -> Trial:
    """`certlife check -`, as it is called."""
    found, now = _world(random, seeds)
    data = _file(found, random)
    if random.random() < 0.5:
        data = mutate_octets(data, random)
    output = random.choice(("table", "json"))

    def ask() -> Iterable[object]:
        arguments = ["check", "-", "--now", now.isoformat(), "--output", output]
        done = CliRunner().invoke(cli, arguments, input=data)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if any(ord(character) < 0x20 and character != "\n" for character in done.output):
            raise BrokenError(f"a control character is printed: {done.output!r}")
        return [done.output]

    return Trial(data, len(data), ask)


def _judged(documents: Sequence[tuple[str, object]], now: datetime) -> Iterable[object]:
    export = read_export(documents)
    yield from export.refusals
    yield repr(export)
    yield export.ignored
    for certificate in export.certificates:
        if read_certificate(write_certificate(certificate)) != certificate:
            raise BrokenError(f"what is written of a Certificate is another: {certificate!r}")
    for secret in export.secrets:
        if read_object(write_secret(secret)) != secret:
            raise BrokenError(f"what is written of a Secret is another: {secret!r}")
    for request in export.requests:
        if read_object(write_request(request)) != request:
            raise BrokenError(f"what is written of a request is another: {request!r}")
        answer = Issued(request.certificate or b"", request.ca)
        yield attempt(partial(advance, request, answer, now=now))
    for snapshot in export.snapshots():
        yield from _decided(snapshot, now)


def _decided(snapshot: Snapshot, now: datetime) -> Iterator[object]:
    certificate, secret = snapshot.certificate, snapshot.secret
    yield validate(certificate.spec)
    yield attempt(lambda: repr(request_template(certificate.spec)))
    for policy in _POLICIES:
        decision = decide(snapshot, now=now, policy=policy)
        yield decision
        if isinstance(decision, Keep):
            _check_kept(snapshot, now)
    yield advice(snapshot, now=now)
    yield post_issuance_policy(owner_references=True).all(snapshot, now=now)
    plan = reconcile(snapshot, now=now)
    yield plan.events
    yield [action for action in plan.actions if not isinstance(action, StoreSecret)]
    yield decide(_with(snapshot, mark_for_renewal(certificate, now=now)), now=now, ari_draw=0.5)
    if secret is not None:
        yield repr(secret)
        leaf = attempt(lambda: secret.certificate)
        if not isinstance(leaf, CertlifeError):
            yield renewal_time(leaf, certificate.spec, ari_window=snapshot.ari_window)
        yield secret.without_private_key()


def _check_kept(snapshot: Snapshot, now: datetime) -> None:
    secret, renewal = snapshot.secret, snapshot.certificate.spec.renewal
    if secret is None:
        raise BrokenError("kept without a Secret")
    certificate = secret.entry("tls.crt")
    why = corruption(certificate, secret.entry("tls.key"))
    if why is not None:
        raise BrokenError(f"kept, although {why}")
    end = not_after(certificate)
    is_disabled = renewal is not None and renewal.policy == RenewalPolicy.DISABLED
    if end is not None and end < now and not is_disabled and snapshot.ari_window is None:
        raise BrokenError(f"kept until {end}, which is over")


def _with(snapshot: Snapshot, certificate: Certificate) -> Snapshot:
    return evolve(snapshot, certificate=certificate)


def _world(random: Random, seeds: Seeds) -> tuple[list[Tree], datetime]:
    chosen = random.choice(seeds.worlds)
    objects: list[Tree] = deepcopy([*chosen.objects])
    for one in objects:
        if isinstance(one, dict) and one.get("kind") == "Secret":
            data = one.setdefault("data", {})
            if isinstance(data, dict):
                data["password"] = b64encode(CANARY.encode()).decode()
    if random.random() < 0.2:
        objects += deepcopy([*random.choice(seeds.worlds).objects])
    if random.random() < _DAMAGED:
        tree = mutate_tree(deepcopy(objects), random, values=seeds.values, readers=_readers(seeds))
        if isinstance(tree, list) and len(repr(tree)) < MAX_OCTETS:
            objects = tree
    return objects, parse_instant(chosen.now)


def _readers(seeds: Seeds) -> dict[str, Callable[[str, Random], str]]:
    def base64_of(seeds_of_kind: tuple[bytes, ...]) -> Callable[[str, Random], str]:
        def change(text: str, random: Random) -> str:
            try:
                pem = b64decode(text)
            except ValueError:
                return mutate_text(text, random)
            return b64encode(_changed(pem, random, seeds_of_kind)).decode()

        return change

    def other_text(kind: str) -> Callable[[str, Random], str]:
        return lambda text, random: mutate_text(text, random, others=seeds.texts[kind])

    return {
        "tls.crt": base64_of(seeds.certificates),
        "ca.crt": base64_of(seeds.certificates),
        "certificate": base64_of(seeds.certificates),
        "tls.key": base64_of(seeds.keys),
        "request": base64_of(seeds.requests),
        "cron": other_text("cron"),
        "windowDuration": other_text("duration"),
        "duration": other_text("duration"),
        "renewBefore": other_text("duration"),
        "literalSubject": other_text("name"),
        "uris": other_text("uri"),
        "ipAddresses": other_text("ip"),
    }


def _changed(pem: bytes, random: Random, others: tuple[bytes, ...]) -> bytes:
    return (
        random.choice(others) if random.random() < 0.1 else mutate_pem(pem, random, others=others)
    )


def _file(objects: list[Tree], random: Random) -> bytes:
    listed = {"apiVersion": "v1", "kind": "List", "items": objects}
    draw = random.random()
    if draw < 0.3:
        text = "\n".join(json.dumps(one) for one in objects)
    elif (
        draw < 0.6
        and len(text := json.dumps(objects)) < _MAX_YAML
        and not _NOT_TO_WRITE.search(text)
    ):
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump_all(json.loads(text), Dumper=dumper)
    else:
        text = json.dumps(listed, indent=2)
    return text.encode(errors="surrogatepass")
