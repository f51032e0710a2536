"""What `kubectl get certificate,secret,certificaterequest -o json` prints, document by document.

Lists are taken apart, kinds that have no part in it are counted, and what cannot be read is
refused by itself, so that one bad object hides no other. Splitting text into documents is for the
caller: this module opens no file and parses no text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.adapters.kubernetes.export import Export, Refusal
from certlife.adapters.kubernetes.objects import READERS, kind_in, secret_in
from certlife.adapters.kubernetes.values import kind_of, mapping
from certlife.errors import CertlifeError, ManifestError
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.pki.memo import Memo

_Object = Certificate | SecretData | CertificateRequest

MAX_LIST_DEPTH: Final = 4
"""How deep Lists may lie in Lists: kubectl prints one, a tool that joins its outputs adds one."""


def read_export(documents: Iterable[tuple[str, object]], *, memo: Memo | None = None) -> Export:
    """Read documents, each an object or a List of objects.

    Args:
        documents: Each with where it is from, "web.yaml: document 3", for its refusals to repeat.
        memo: Where to remember the certificates of CAs, most of which come again and again.

    Returns:
        What could be read. What could not is a Refusal in it, never an error.
    """
    reading = _Reading({**READERS, "Secret": partial(secret_in, memo=memo)})
    for source, document in documents:
        reading.add(document, source, "", 0)
    return Export(
        certificates=tuple(reading.certificates),
        secrets=tuple(reading.secrets),
        requests=tuple(reading.requests),
        refusals=tuple(reading.refusals),
        ignored=FrozenMap(Counter(reading.ignored)),
        unknown_fields=FrozenMap(Counter(reading.unknown)),
        sources=tuple(reading.sources),
    )


_NO_OBJECT: Final = "expected an object of Kubernetes in JSON or YAML, or PEM"


@frozen
class _Reading:
    """Who reads which kind, and what has been read so far."""

    readers: Mapping[str, Callable[[object, list[str]], _Object]]
    certificates: list[Certificate] = field(factory=list)
    secrets: list[SecretData] = field(factory=list)
    requests: list[CertificateRequest] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    ignored: list[str] = field(factory=list)
    unknown: list[str] = field(factory=list)
    sources: list[str] = field(factory=list)

    def add(self, manifest: object, source: str, place: str, depth: int) -> None:
        """Read an object, or each object of a List; `place` is where in the document it is."""
        try:
            kind = kind_in(manifest)
            read = self.readers.get(kind)
            if read is not None:
                self._keep(read(manifest, self.unknown), source)
                return
            items = list_items(manifest, kind, depth)
        except CertlifeError as error:
            path = ".".join(part for part in (place, error.path) if part)
            is_thing = bool(place) or isinstance(manifest, Mapping)
            rule = error.rule if is_thing else _NO_OBJECT
            self.refusals.append(Refusal(source, path, rule, error.value))
            return
        if items is None:
            self.ignored.append(kind)
            return
        within = f"{place}.items" if place else "items"
        for index, item in enumerate(items):
            self.add(item, source, f"{within}[{index}]", depth + 1)

    def _keep(self, found: _Object, source: str) -> None:
        if isinstance(found, Certificate):
            self.certificates.append(found)
            self.sources.append(source)
        elif isinstance(found, SecretData):
            self.secrets.append(found)
        else:
            self.requests.append(found)


def list_items(manifest: object, kind: str, depth: int) -> tuple[object, ...] | None:
    """Return the items of a List, None for what is no List."""
    plural, _, _ = kind.partition(".")
    if not plural.endswith("List"):
        return None
    fields = mapping(manifest)
    if "items" not in fields:
        return None
    if depth == MAX_LIST_DEPTH:
        raise ManifestError(f"expected Lists at most {MAX_LIST_DEPTH} deep")
    items = fields["items"]
    if items is None:
        return ()
    if not isinstance(items, list | tuple):
        raise ManifestError("expected a list", path="items", value=kind_of(items))
    singular = plural.removesuffix("List")
    if not singular:
        return tuple(items)
    # The items of a CertificateList, as the API answers, leave it to the list to say their kind.
    said = {"apiVersion": fields["apiVersion"], "kind": singular}
    return tuple({**said, **item} if isinstance(item, Mapping) else item for item in items)
