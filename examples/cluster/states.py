"""The table of the example cluster: eighteen Certificates, each in another state.

All is told as of 2026-11-24T12:00:00Z, a Tuesday. What is to be decided about each stands in
README.md.
"""

from __future__ import annotations

from typing import Final

from examples.cluster.model import SERVER, Key, Mishap, Spec, State, failed, issuing, unready

ROOT: Final = Spec(
    (),
    issuer="Issuer/selfsigned",
    hours=26280,
    usages=("cert sign", "crl sign"),
    common_name="certlife example root",
    is_ca=True,
    more={"renewal": {"policy": "Disabled"}},
)
ROOT_SINCE: Final = "2024-03-01T00:00:00Z"

STATES: Final = (
    # Nothing to do until two thirds of its 90 days have passed, on 24 December.
    State(
        "shop/web",
        Spec(("shop.example", "www.shop.example"), key=Key.RSA_2048),
        issued="2026-10-25T09:00:00Z",
    ),
    # A copy of the manifest above, under another name but with the same Secret.
    State(
        "shop/web-copy",
        Spec(("shop.example", "www.shop.example"), key=Key.RSA_2048),
        issued=None,
        stored_in="web-tls",
        ready=unready(
            "IncorrectCertificate", "The Secret belongs to web.", since="2026-11-23T16:12:00Z"
        ),
        status={
            "notAfter": "2027-01-23T09:00:00Z",
            "notBefore": "2026-10-25T09:00:00Z",
            "renewalTime": "2026-12-24T09:00:00Z",
        },
        created="2026-11-23T16:12:00Z",
    ),
    # Two thirds of its lifetime have passed.
    State("shop/api", Spec(("api.shop.example",)), issued="2026-09-20T09:00:00Z"),
    # So have these, but the ACME server asks to wait until the 26th (RFC 9773).
    State(
        "shop/blog",
        Spec(("blog.shop.example",), issuer="ClusterIssuer/acme"),
        issued="2026-09-22T06:00:00Z",
        status={
            "renewalTime": "2026-11-26T17:21:09Z",
            "acme": {
                "ari": {
                    "suggestedWindow": {
                        "start": "2026-11-26T00:00:00Z",
                        "end": "2026-11-28T00:00:00Z",
                    },
                    "lastChecked": "2026-11-24T08:02:11Z",
                    "nextCheck": "2026-11-24T14:07:45Z",
                }
            },
        },
    ),
    # A name was added to the spec after the certificate had been issued.
    State(
        "shop/checkout",
        Spec(("checkout.shop.example", "pay.shop.example")),
        issued="2026-11-02T13:30:00Z",
        issued_for=Spec(("checkout.shop.example",)),
        ready=unready(
            "RequestChanged", "Other DNS names were requested.", since="2026-11-24T11:59:40Z"
        ),
    ),
    # Just created: no status, no Secret, no request.
    State(
        "shop/cart",
        Spec(("cart.shop.example",)),
        issued=None,
        created="2026-11-24T11:59:58Z",
    ),
    # Two thirds lie ahead, but it wants to be renewed 50 days before the end.
    State(
        "payments/gateway",
        Spec(("gateway.payments.example",), key=Key.P384, more={"renewBefore": "1200h0m0s"}),
        issued="2026-10-10T00:00:00Z",
        status={"renewalTime": "2026-11-19T00:00:00Z"},
    ),
    # Due two minutes ago, with a new key and a request that its issuer has not answered yet.
    State(
        "payments/ledger",
        Spec(("ledger.payments.example",)),
        issued="2026-09-25T11:57:30Z",
        issuing=issuing("Renewing", "Two thirds have passed.", since="2026-11-24T11:57:31Z"),
        next_request=unready("Pending", "Waiting for the issuer.", since="2026-11-24T11:57:33Z"),
        pending_key_name="ledger-x7k2p",
    ),
    # Due at 08:27 and failed at 08:28, 09:29 and 11:30; after three failures it waits four hours.
    State(
        "payments/refunds",
        Spec(("refunds.payments.example",)),
        issued="2026-09-25T08:27:00Z",
        issuing=failed("The issuer did not answer.", since="2026-11-24T11:30:00Z"),
        next_request=unready("Failed", "The issuer did not answer.", since="2026-11-24T11:30:00Z"),
        status={"lastFailureTime": "2026-11-24T11:30:00Z", "failedIssuanceAttempts": 3},
    ),
    # Moved to another issuer; what is in its Secret comes from the former one.
    State(
        "payments/vault",
        Spec(("vault.payments.example",)),
        issued="2026-10-30T07:45:00Z",
        issued_for=Spec(("vault.payments.example",), issuer="Issuer/former-ca"),
        ready=unready(
            "IncorrectIssuer", "The Secret comes from former-ca.", since="2026-11-24T11:58:20Z"
        ),
    ),
    # From now on for clients, too, and for 30 days only.
    State(
        "payments/reports",
        Spec(("reports.payments.example",), hours=720, usages=(*SERVER, "client auth")),
        issued="2026-11-10T05:15:00Z",
        issued_for=Spec(("reports.payments.example",)),
        ready=unready(
            "RequestChanged",
            "Other usages and another duration were requested.",
            since="2026-11-24T11:59:05Z",
        ),
    ),
    # The private key in its Secret is not the certificate's.
    State(
        "payments/fraud",
        Spec(("fraud.payments.example",)),
        issued="2026-11-05T18:20:00Z",
        mishap=Mishap.KEY_REPLACED,
        ready=unready(
            "InvalidKeyPair", "Key and certificate are no pair.", since="2026-11-24T11:56:00Z"
        ),
    ),
    # The root of this cluster: two thirds have passed, but it is renewed by hand only.
    State(
        "platform/root-ca",
        ROOT,
        issued=ROOT_SINCE,
        status={"renewalTime": None},
        created=ROOT_SINCE,
        revision=1,
    ),
    # Its certificate cannot be read.
    State(
        "platform/metrics",
        Spec(("metrics.platform.example",)),
        issued="2026-10-28T10:10:00Z",
        mishap=Mishap.LINE_LOST,
        ready=unready(
            "InvalidCertificate", "The certificate is corrupt.", since="2026-11-24T11:52:00Z"
        ),
        status={"notBefore": None, "notAfter": None, "renewalTime": None},
    ),
    # Expired: its issuer has failed 27 times, and the last wait of 32 hours is over at 11:59.
    State(
        "platform/registry",
        Spec(("registry.platform.example",)),
        issued="2026-08-25T20:59:00Z",
        ready=unready("Expired", "The certificate has expired.", since="2026-11-23T20:59:01Z"),
        issuing=failed("The issuer is gone.", since="2026-11-23T03:59:00Z"),
        next_request=unready("Failed", "The issuer is gone.", since="2026-11-23T03:59:00Z"),
        status={"lastFailureTime": "2026-11-23T03:59:00Z", "failedIssuanceAttempts": 27},
    ),
    # Restored without its request, which does no harm. Two thirds passed on Sunday; it waits for
    # its window on Saturday, 02:00 in Berlin.
    State(
        "platform/backup",
        Spec(
            ("backup.platform.example",),
            key=Key.ED25519,
            more={
                "renewal": {
                    "policy": "RenewBefore",
                    "windows": [
                        {
                            "cron": "0 2 * * 6",
                            "windowDuration": "4h0m0s",
                            "timezone": "Europe/Berlin",
                        }
                    ],
                }
            },
        ),
        issued="2026-09-23T06:00:00Z",
        mishap=Mishap.REQUEST_LOST,
        status={"renewalTime": "2026-11-28T01:00:00Z"},
    ),
    # Restored without its request, too, and its names have been edited since.
    State(
        "platform/dashboard",
        Spec(("dashboard.platform.example", "status.platform.example")),
        issued="2026-10-15T14:00:00Z",
        issued_for=Spec(("dashboard.platform.example",)),
        mishap=Mishap.REQUEST_LOST,
        ready=unready(
            "SecretMismatch", "The certificate has other DNS names.", since="2026-11-24T11:55:30Z"
        ),
    ),
    # Nothing is wrong with it; somebody has asked for a new one.
    State(
        "platform/mesh",
        Spec(("mesh.platform.example",), key=Key.RSA_2048),
        issued="2026-11-12T22:00:00Z",
        issuing=issuing("ManuallyTriggered", "Renewed by hand.", since="2026-11-24T11:57:00Z"),
    ),
)
