"""A store that keeps JSON as the Kubernetes API has it, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.adapters.kubernetes import (
    Export,
    read_certificate,
    read_export,
    read_request,
    read_secret,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.model import annotations as keys
from certlife.model.secret import SecretData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.lifecycle.plan import Event
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot
    from certlife.model.status import CertificateStatus


class JsonStore:
    """Texts by kind, namespace and name."""

    def __init__(self, certificate: Certificate) -> None:
        self.texts: dict[tuple[str, str | None, str | None], str] = {}
        self.events: list[tuple[str, Event]] = []
        self.made = 0
        self.put_certificate(certificate)

    def put_certificate(self, certificate: Certificate) -> None:
        place = "Certificate", certificate.namespace, certificate.name
        self.texts[place] = json.dumps(write_certificate(certificate))

    def snapshots(self) -> Iterator[Snapshot]:
        export = self._export()
        yield from map(export.gather, export.certificates)

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        text = self.texts.get(("Secret", certificate.namespace, name))
        return b"" if text is None else read_secret(json.loads(text)).entry(keys.TLS_PRIVATE_KEY)

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        entries, labels = {keys.TLS_PRIVATE_KEY: pem}, {keys.NEXT_PRIVATE_KEY: "true"}
        place = certificate.namespace
        secret = SecretData(name=name, namespace=place, entries=entries, labels=labels)
        self.texts.setdefault(("Secret", place, name), json.dumps(write_secret(secret)))

    def delete_key(self, certificate: Certificate, name: str) -> None:
        self.texts.pop(("Secret", certificate.namespace, name), None)

    def create_request(self, request: CertificateRequest) -> None:
        place = "CertificateRequest", request.namespace, request.name
        if place not in self.texts:
            self.made += 1
            with_uid = evolve(request, uid=f"request-{self.made}")
            self.texts[place] = json.dumps(write_request(with_uid))

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        place = "CertificateRequest", before.namespace, before.name
        if place in self.texts and read_request(json.loads(self.texts[place])) == before:
            self.texts[place] = json.dumps(write_request(after))

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        place = "CertificateRequest", certificate.namespace, name
        if place in self.texts and read_request(json.loads(self.texts[place])).uid == uid:
            del self.texts[place]

    def write_secret(self, secret: SecretData) -> None:
        self.texts["Secret", secret.namespace, secret.name] = json.dumps(write_secret(secret))

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        kept = self.texts.get(("Certificate", certificate.namespace, certificate.name))
        there = None if kept is None else read_certificate(json.loads(kept))
        if there is not None and there.status == before:
            self.put_certificate(evolve(there, status=after))

    def tell(self, certificate: Certificate, event: Event) -> None:
        self.events.append((certificate.name, event))

    def _export(self) -> Export:
        texts = self.texts.items()
        export = read_export((str(place), json.loads(text)) for place, text in texts)
        assert not export.refusals
        assert not export.unknown_fields
        return export
