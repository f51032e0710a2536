"""The Configuration: what it may say, and how it is told what it may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certlife.adapters.manifests import Document, read_documents
from certlife.cli.settings import OnChange, Settings, read_settings
from certlife.errors import ManifestError
from certlife.issuers import ApprovalPolicy

WHOLE = b"""
apiVersion: certlife.io/v1
kind: Configuration
group: ssl-cert
mode: 0640
onChange:
  - command: [systemctl, reload, nginx]
    certificates: [web, shop/api]
    timeout: 1m30s
  - command: [/usr/local/bin/tell]
approve:
  dnsNames: ["*.example"]
  emailAddresses: ["*@example.com"]
  uris: ["spiffe://example/*"]
  ipRanges: [10.0.0.0/8]
  organizations: [example]
  usages: [server auth]
  maxDuration: 2160h
  isCA: true
"""


def test_all_that_it_may_say_is_read() -> None:
    (document,) = read_documents(WHOLE, source="c.yaml")
    assert isinstance(document, Document)
    assert read_settings(document.value) == Settings(
        group="ssl-cert",
        mode=0o640,
        on_change=(
            OnChange(
                command=("systemctl", "reload", "nginx"),
                certificates=("web", "shop/api"),
                timeout=timedelta(seconds=90),
            ),
            OnChange(command=("/usr/local/bin/tell",)),
        ),
        approval=ApprovalPolicy(
            dns_names=["*.example"],
            email_addresses=["*@example.com"],
            uris=["spiffe://example/*"],
            ip_ranges=["10.0.0.0/8"],
            organizations=["example"],
            usages=["server auth"],
            max_duration=timedelta(days=90),
            is_ca=True,
        ),
    )


def test_it_need_not_say_anything() -> None:
    assert read_settings({"apiVersion": "certlife.io/v1", "kind": "Configuration"}) == Settings()


def test_a_group_may_be_a_number() -> None:
    assert read_settings({"apiVersion": "certlife.io/v1", "group": 33}).group == 33


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {"apiVersion": "certlife.io/v2"},
            "apiVersion: expected certlife.io/v1, got 'certlife.io/v2'",
            id="another version",
        ),
        pytest.param(
            {"onchange": []}, "onchange: expected a field of a Configuration", id="a misspelling"
        ),
        pytest.param(
            {"onChange": [{"command": ["a"], "shell": True}]},
            "onChange.shell: expected a field of a Configuration",
            id="a misspelling within",
        ),
        pytest.param({"group": []}, "group: expected a string, got a list", id="a group of many"),
        pytest.param(
            {"approve": {"ipRanges": ["ten"]}},
            "approve.ipRanges[0]: expected a range such as 192.0.2.0/24, got 'ten'",
            id="a range that is none",
        ),
        pytest.param({"mode": 640}, 'mode: expected text like "0640", got 640', id="a number"),
        pytest.param(
            {"mode": "rw"}, "mode: expected text like \"0640\", got 'rw'", id="no mode at all"
        ),
        pytest.param({"onChange": {}}, "onChange: expected a list, got a mapping", id="no list"),
        pytest.param(
            {"onChange": [{"command": "reload nginx"}]},
            "onChange[0].command: expected a list, got 'reload nginx'",
            id="a line for a shell",
        ),
        pytest.param(
            {"onChange": [{"command": ["a"]}, {}]},
            "onChange[1].command: expected a program, and its arguments if any",
            id="no command",
        ),
        pytest.param(
            {"onChange": [{"command": [""]}]},
            "onChange[0].command: expected a program, and its arguments if any",
            id="a program without a name",
        ),
        pytest.param(
            {"onChange": [{"command": ["a\0b"]}]},
            "onChange[0].command: expected no NUL in an argument",
            id="a NUL",
        ),
        pytest.param(
            {"onChange": [{"command": ["a"], "certificates": []}]},
            "onChange[0].certificates: expected the names of Certificates, or nothing for all",
            id="no names",
        ),
        pytest.param(
            {"onChange": [{"command": ["a"], "timeout": "0s"}]},
            "onChange[0].timeout: expected more than nothing, and at most 1h, got '0s'",
            id="no time at all",
        ),
        pytest.param(
            {"onChange": [{"command": ["a"], "timeout": "61m"}]},
            "onChange[0].timeout: expected more than nothing, and at most 1h, got '61m'",
            id="too much time",
        ),
    ],
)
def test_what_it_may_not_say_is_told(fields: dict[str, object], told: str) -> None:
    with pytest.raises(ManifestError) as error:
        read_settings({"apiVersion": "certlife.io/v1", "kind": "Configuration", **fields})
    assert str(error.value).startswith(told)
