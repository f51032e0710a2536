"""The keys that cert-manager marks its objects with, as they have to be spelled."""

from __future__ import annotations

import pytest

from certlife.model import annotations as keys

KEYS = {
    name: value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str)
}


@pytest.mark.parametrize("name", [name for name in KEYS if "/" in KEYS[name]])
def test_every_annotation_and_label_has_a_reserved_prefix(name: str) -> None:
    experimental = name.startswith("SIGNING_REQUEST_")  # on no Secret
    prefixes = ("experimental.cert-manager.io/",) if experimental else keys.RESERVED_PREFIXES
    assert KEYS[name].startswith(prefixes)


def test_no_two_constants_mean_the_same_key() -> None:
    assert len(set(KEYS.values())) == len(KEYS)


@pytest.mark.parametrize(
    ("key", "spelling"),
    [
        (keys.ISSUER_NAME, "cert-manager.io/issuer-name"),
        (keys.ISSUER_KIND, "cert-manager.io/issuer-kind"),
        (keys.ISSUER_GROUP, "cert-manager.io/issuer-group"),
        (keys.CERTIFICATE_NAME, "cert-manager.io/certificate-name"),
        (keys.REVISION, "cert-manager.io/certificate-revision"),
        (keys.REQUEST_PRIVATE_KEY, "cert-manager.io/private-key-secret-name"),
        (keys.NEXT_PRIVATE_KEY, "cert-manager.io/next-private-key"),
        (keys.ISSUE_TEMPORARY_CERTIFICATE, "cert-manager.io/issue-temporary-certificate"),
        (keys.PART_OF_CERT_MANAGER, "controller.cert-manager.io/fao"),
    ],
)
def test_a_key_that_a_decision_reads_is_spelled_as_in_the_api(key: str, spelling: str) -> None:
    assert key == spelling
