"""Make the example cluster again: `python -m examples.cluster.make`, from the project's root.

Every row of `states.STATES` becomes the objects that cert-manager would have left in a cluster,
shaped and printed as by `kubectl get -A -o yaml`. Instants and structure are always the same; keys,
serial numbers and signatures are new each time. It knows no rule of renewal: what is to be
decided about each Certificate stands in README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from examples.cluster import objects
from examples.cluster.authority import Authority, new_key
from examples.cluster.model import Mishap
from examples.cluster.states import STATES

if TYPE_CHECKING:
    from examples.cluster.objects import Document


def main() -> None:
    """Write the files of the export next to this program."""
    for name, documents in cluster().items():
        Path(__file__).with_name(name).write_text(printed(documents), encoding="utf-8")


def cluster() -> dict[str, list[Document]]:
    """Return the objects of the cluster, by the name of the file that holds them."""
    authority = Authority()
    certificates: list[Document] = []
    secrets: list[Document] = []
    requests: list[Document] = []
    for state in STATES:
        certificates.append(objects.certificate(state))
        if state.issued is not None:
            pair = authority.issue(state.asked, state.issued)
            secrets.append(objects.tls_secret(state, state.issued, pair, authority.root))
            if state.mishap is not Mishap.REQUEST_LOST:
                requests.append(objects.issued_request(state, state.issued, pair, authority.root))
        if state.next_request is not None:
            key = new_key(state.spec.key)
            requests.append(objects.next_request(state, state.next_request, key))
            if state.pending_key_name is not None:
                created = state.next_request.since
                secrets.append(
                    objects.pending_key_secret(state, state.pending_key_name, created, key)
                )
    return {
        "certificates.yaml": [*certificates, objects.selfsigned_issuer()],
        "requests.yaml": requests,
        "secrets.yaml": [*secrets, objects.password_secret(), objects.trust_anchor(authority.root)],
    }


def printed(documents: list[Document]) -> str:
    """Return the objects as the List that `kubectl get -o yaml` prints."""
    listed = {
        "apiVersion": "v1",
        "items": documents,
        "kind": "List",
        "metadata": {"resourceVersion": ""},
    }
    return yaml.dump(listed, Dumper=_KubectlDumper, width=sys.maxsize)


class _KubectlDumper(yaml.SafeDumper):
    """Writes text as Kubernetes does: in blocks, or quoted where it would not be read as text."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 — the name is PyYAML's
        return True


def _text(dumper: _KubectlDumper, text: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    read = dumper.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    style = "|" if "\n" in text else None if read == tag else '"'
    return dumper.represent_scalar(tag, text, style)


_KubectlDumper.add_representer(str, _text)


if __name__ == "__main__":
    main()
