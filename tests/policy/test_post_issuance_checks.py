"""Each rule for a Secret whose certificate stands, asked through the policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import pytest
from attrs import evolve

from certlife.model import annotations as keys
from certlife.model.metadata import ManagedFields, OwnerReference
from certlife.model.spec import Keystore, Keystores, OutputFormat, SecretTemplate
from certlife.policy.policies import Policy, post_issuance_policy
from certlife.policy.violation import NotApplicable
from certlife.testing import issued
from tests.policy.worlds import (
    ISSUED_AT,
    QUIET,
    SPEC,
    evidence,
    found,
    stored,
    wanting,
    with_annotations,
    with_entries,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.snapshot import Snapshot
    from certlife.policy.checks import Answer

TEMPLATE = SecretTemplate(annotations={"note": "a", "team": "web"}, labels={"app": "web"})
FULL_SPEC = evolve(
    SPEC,
    secret_template=TEMPLATE,
    additional_output_formats=[OutputFormat.DER, OutputFormat.COMBINED_PEM],
)
FULL = issued(FULL_SPEC, at=ISSUED_AT)
CREATED = Keystore(create=True)
MANAGER = "cert-manager-certificates-issuing"
POLICY = post_issuance_policy()
OWNING = post_issuance_policy(owner_references=True)
OWNER = OwnerReference(
    api_version="cert-manager.io/v1",
    kind="Certificate",
    name="web",
    uid="uid-of-default-web",
    controller=True,
    block_owner_deletion=True,
)

Json: TypeAlias = dict[str, object]

MANAGED = "secret.metadata.managedFields"


def ask(name: str, snapshot: Snapshot, policy: Policy = POLICY) -> Answer:
    (check,) = (check for check in policy.checks if check.name == name)
    return check.ask(snapshot, now=ISSUED_AT)


def with_labels(changes: Mapping[str, str], snapshot: Snapshot = FULL) -> Snapshot:
    secret = stored(snapshot)
    return evolve(snapshot, secret=evolve(secret, labels={**(secret.labels or {}), **changes}))


def owning(fields: object, manager: str = MANAGER, snapshot: Snapshot = FULL) -> Snapshot:
    """The world where the manager owns these fields and no others."""
    entry = ManagedFields(manager=manager, fields_v1=json.dumps(fields))
    return evolve(snapshot, secret=evolve(stored(snapshot), managed_fields=(entry,)))


def leaves(*names: str) -> dict[str, dict[str, str]]:
    return {f"f:{name}": {} for name in names}


class TestThePolicy:
    @pytest.mark.parametrize("snapshot", [QUIET, FULL])
    def test_is_content_right_after_an_issuance(self, snapshot: Snapshot) -> None:
        assert POLICY.all(snapshot, now=ISSUED_AT) == ()

    @pytest.mark.parametrize("policy", [POLICY, OWNING], ids=["as it is", "with owners"])
    def test_asks_nothing_about_a_secret_that_is_not_there(self, policy: Policy) -> None:
        answers = policy.each(evolve(FULL, secret=None), now=ISSUED_AT)
        askable = {check.name for check, answer in answers if answer == ()}
        assert askable == (set() if policy is OWNING else {"secret_owner_reference_mismatch"})
        assert {answer for _, answer in answers} - {()} == {NotApplicable("there is no Secret")}

    def test_asks_ten_checks_values_before_who_owns_the_fields(self) -> None:
        assert [check.name for check in POLICY.checks] == [
            "secret_base_labels_mismatch",
            "secret_certificate_details_annotations_mismatch",
            "secret_managed_labels_and_annotations_managed_fields_mismatch",
            "secret_secret_template_mismatch",
            "secret_secret_template_managed_fields_mismatch",
            "secret_additional_output_formats_mismatch",
            "secret_additional_output_formats_managed_fields_mismatch",
            "secret_owner_reference_mismatch",
            "secret_owner_reference_managed_field_mismatch",
            "secret_keystore_format_mismatch",
        ]

    def test_asks_about_the_fields_of_another_manager_if_that_is_its_name(self) -> None:
        policy = post_issuance_policy(field_manager="mine")
        reasons = {violation.reason for violation in policy.all(FULL, now=ISSUED_AT)}
        assert reasons == {
            "SecretManagedMetadataMismatch",
            "SecretTemplateMismatch",
            "AdditionalOutputFormatsMismatch",
        }

    def test_without_a_wish_there_is_nothing_to_ask_about_it(self) -> None:
        snapshot = evolve(QUIET, secret=None)
        assert ask("secret_secret_template_mismatch", snapshot) == ()
        assert ask("secret_additional_output_formats_mismatch", snapshot) == ()

    def test_puts_the_name_of_the_check_on_what_it_finds(self) -> None:
        spec = evolve(FULL_SPEC, keystores=Keystores(jks=CREATED))
        wrong = with_annotations(
            {"team": "x", keys.ALT_NAMES: "y"},
            with_labels({keys.PART_OF_CERT_MANAGER: "z"}, wanting(spec, owning({}))),
        )
        wrong = with_entries({keys.COMBINED_PEM: b""}, wrong)
        for check, answer in OWNING.each(wrong, now=ISSUED_AT):
            assert not isinstance(answer, NotApplicable)
            assert {violation.check for violation in answer} == {check.name}

    def test_is_a_value_equal_to_another_with_the_same_settings(self) -> None:
        assert post_issuance_policy() == POLICY != OWNING
        assert hash(post_issuance_policy()) == hash(POLICY)


class TestTheLabel:
    name = "secret_base_labels_mismatch"

    def test_must_say_true_where_it_is_there(self) -> None:
        answer = ask(self.name, with_labels({keys.PART_OF_CERT_MANAGER: "yes"}))
        path = "secret.metadata.labels[controller.cert-manager.io/fao]"
        assert found(answer) == [("SecretManagedMetadataMismatch", path)]
        assert evidence(answer) == [("true", "yes")]

    def test_may_be_missing(self) -> None:
        assert ask(self.name, evolve(FULL, secret=evolve(stored(), labels={}))) == ()
        assert ask(self.name, evolve(FULL, secret=evolve(stored(), labels=None))) == ()


class TestTheDetails:
    name = "secret_certificate_details_annotations_mismatch"

    def test_must_tell_the_truth(self) -> None:
        snapshot = with_annotations({keys.COMMON_NAME: "x", keys.ALT_NAMES: "y"}, FULL)
        answer = ask(self.name, snapshot)
        assert found(answer) == [
            ("SecretTemplateMismatch", "secret.metadata.annotations[cert-manager.io/alt-names]"),
            ("SecretTemplateMismatch", "secret.metadata.annotations[cert-manager.io/common-name]"),
        ]
        assert evidence(answer) == [("web.example,www.web.example", "y"), ("", "x")]

    def test_may_be_missing(self) -> None:
        assert ask(self.name, evolve(FULL, secret=evolve(stored(), annotations=None))) == ()

    def test_are_not_asked_for_where_there_is_no_certificate(self) -> None:
        snapshot = with_entries(
            {keys.TLS_CERTIFICATE: b""}, with_annotations({keys.ALT_NAMES: "y"})
        )
        assert ask(self.name, snapshot) == ()

    @pytest.mark.parametrize(
        "name", [name, "secret_managed_labels_and_annotations_managed_fields_mismatch"]
    )
    def test_cannot_be_told_of_a_certificate_that_cannot_be_read(self, name: str) -> None:
        answer = ask(name, with_entries({keys.TLS_CERTIFICATE: b"no PEM"}))
        assert found(answer) == [("InvalidCertificate", "secret.data[tls.crt]")]
        shown = ("certificates that can be read", "expected a certificate in PEM")
        assert evidence(answer) == [shown]


DETAILS = (keys.ALT_NAMES, keys.COMMON_NAME, keys.IP_SANS, keys.URI_SANS)


class TestTheFieldsOfTheControllersOwnMetadata:
    name = "secret_managed_labels_and_annotations_managed_fields_mismatch"

    @staticmethod
    def metadata(labels: tuple[str, ...], annotations: tuple[str, ...]) -> object:
        return {"f:metadata": {"f:labels": leaves(*labels), "f:annotations": leaves(*annotations)}}

    @pytest.mark.parametrize(
        "annotations",
        [
            pytest.param(DETAILS, id="the details"),
            pytest.param((*DETAILS, keys.ISSUER_NAME), id="what the trigger judges"),
            pytest.param((*DETAILS, "team"), id="what a template wants"),
        ],
    )
    def test_are_owned_with_or_without(self, annotations: tuple[str, ...]) -> None:
        fields = self.metadata((keys.PART_OF_CERT_MANAGER, "app"), annotations)
        assert ask(self.name, owning(fields)) == ()

    def test_are_missed_label_and_annotations_apart(self) -> None:
        answer = ask(self.name, owning({}))
        assert found(answer) == [
            ("SecretManagedMetadataMismatch", f"{MANAGED}.labels"),
            ("SecretManagedMetadataMismatch", f"{MANAGED}.annotations"),
        ]
        assert evidence(answer) == [((keys.PART_OF_CERT_MANAGER,), ()), (DETAILS, ())]

    @pytest.mark.parametrize("reserved", ["cert-manager.io/x", "controller.cert-manager.io/x"])
    def test_are_no_others_of_the_reserved_prefixes(self, reserved: str) -> None:
        fields = self.metadata((keys.PART_OF_CERT_MANAGER, reserved), (*DETAILS, reserved))
        answer = ask(self.name, owning(fields))
        assert [reserved in actual for _, actual in evidence(answer)] == [True, True]  # type: ignore[operator]

    def test_may_lie_deeper_than_they_can(self) -> None:
        inner = {"f:metadata": {"f:labels": {"f:controller.cert-manager.io/fao": leaves("x")}}}
        _, actual = evidence(ask(self.name, owning(inner)))[0]
        assert actual == ("controller.cert-manager.io/fao.x",)

    def test_cannot_be_known_where_they_are_junk(self) -> None:
        answer = ask(self.name, owning([]))
        assert found(answer) == [("ManagedFieldsParseError", MANAGED)]
        assert evidence(answer) == [
            ("field sets that can be read", "expected a field set to be an object")
        ]


class TestTheTemplate:
    name = "secret_secret_template_mismatch"

    def test_has_its_values_where_they_are_there(self) -> None:
        snapshot = with_annotations({"team": "x", "note": "y"}, with_labels({"app": "z"}))
        answer = ask(self.name, snapshot)
        assert found(answer) == [
            ("SecretTemplateMismatch", "secret.metadata.annotations[note]"),
            ("SecretTemplateMismatch", "secret.metadata.annotations[team]"),
            ("SecretTemplateMismatch", "secret.metadata.labels[app]"),
        ]
        assert evidence(answer) == [("a", "y"), ("web", "x"), ("web", "z")]

    def test_is_not_missed_here(self) -> None:
        bare = evolve(FULL, secret=evolve(stored(FULL), annotations=None, labels=None))
        assert ask(self.name, bare) == ()

    def test_without_a_word_wants_nothing(self) -> None:
        assert ask(self.name, wanting(evolve(SPEC, secret_template=SecretTemplate()), FULL)) == ()


class TestTheFieldsOfTheTemplate:
    name = "secret_secret_template_managed_fields_mismatch"

    def test_are_owned_just_those(self) -> None:
        fields = {"f:metadata": {"f:labels": leaves("app"), "f:annotations": leaves("team", "x")}}
        answer = ask(self.name, owning(fields))
        assert found(answer) == [("SecretTemplateMismatch", f"{MANAGED}.annotations")]
        assert evidence(answer) == [(("note", "team"), ("team", "x"))]

    def test_are_given_up_with_the_template(self) -> None:
        answer = ask(self.name, wanting(SPEC, FULL))
        assert evidence(answer) == [((), ("app",)), ((), ("note", "team"))]

    def test_cannot_be_known_where_they_are_junk(self) -> None:
        assert found(ask(self.name, owning(1))) == [("ManagedFieldsParseError", MANAGED)]


class TestTheFurtherFormats:
    name = "secret_additional_output_formats_mismatch"

    def test_must_be_there(self) -> None:
        gone = with_entries({keys.PRIVATE_KEY_DER: None, keys.COMBINED_PEM: b""}, FULL)
        answer = ask(self.name, gone)
        reason = "AdditionalOutputFormatsMismatch"
        assert found(answer) == [
            (reason, "secret.data[key.der]"),
            (reason, "secret.data[tls-combined.pem]"),
        ]
        assert evidence(answer) == [
            ("the DER form of key and certificate", None),
            ("the CombinedPEM form of key and certificate", None),
        ]

    def test_must_be_made_of_the_key_and_the_certificate_that_are_stored(self) -> None:
        answer = ask(self.name, with_entries({keys.PRIVATE_KEY_DER: b"x"}, FULL))
        assert evidence(answer) == [("the DER form of key and certificate", "something else")]
        chain = stored(FULL).entry(keys.TLS_CERTIFICATE) + b"\n"
        answer = ask(self.name, with_entries({keys.TLS_CERTIFICATE: chain}, FULL))
        assert [path for _, path in found(answer)] == ["secret.data[tls-combined.pem]"]

    @pytest.mark.parametrize(
        "key", [b"", b"no PEM", b"-" * 13_001], ids=["no key", "no PEM", "too much text"]
    )
    def test_are_wrong_where_the_key_is_no_pem(self, key: bytes) -> None:
        snapshot = with_entries({keys.TLS_PRIVATE_KEY: key, keys.PRIVATE_KEY_DER: b""}, FULL)
        paths = [path for _, path in found(ask(self.name, snapshot))]
        assert paths == ["secret.data[key.der]", "secret.data[tls-combined.pem]"]

    def test_are_missed_though_they_would_be_empty(self) -> None:
        # A PEM block of nothing, whose DER form is there only if it is there.
        block = b"-----BEGIN X-----\n-----END X-----\n"
        spec = evolve(SPEC, additional_output_formats=[OutputFormat.DER])
        snapshot = with_entries({keys.TLS_PRIVATE_KEY: block}, wanting(spec))
        assert [path for _, path in found(ask(self.name, snapshot))] == ["secret.data[key.der]"]
        assert ask(self.name, with_entries({keys.PRIVATE_KEY_DER: b""}, snapshot)) == ()

    def test_are_said_once_and_unknown_ones_not_at_all(self) -> None:
        spec = evolve(SPEC, additional_output_formats=["DER", "PDF", "DER"])
        paths = [path for _, path in found(ask(self.name, wanting(spec)))]
        assert paths == ["secret.data[key.der]"]

    def test_cannot_be_asked_about_once_the_key_is_taken_out(self) -> None:
        snapshot = evolve(FULL, secret=stored(FULL).without_private_key())
        assert ask(self.name, snapshot) == NotApplicable("the private key was taken out")


class TestTheFieldsOfTheFurtherFormats:
    name = "secret_additional_output_formats_managed_fields_mismatch"

    def test_are_owned_just_those(self) -> None:
        answer = ask(self.name, owning({"f:data": leaves("key.der", "tls.crt")}))
        assert found(answer) == [("AdditionalOutputFormatsMismatch", f"{MANAGED}.data")]
        assert evidence(answer) == [(("key.der", "tls-combined.pem"), ("key.der",))]

    def test_are_given_up_with_the_wish(self) -> None:
        answer = ask(self.name, wanting(SPEC, FULL))
        assert evidence(answer) == [((), ("key.der", "tls-combined.pem"))]

    def test_cannot_be_known_where_they_are_junk(self) -> None:
        assert found(ask(self.name, owning(1))) == [("ManagedFieldsParseError", MANAGED)]


def owned_by(*owners: OwnerReference) -> Snapshot:
    return evolve(FULL, secret=evolve(stored(FULL), owner_references=owners))


class TestTheOwner:
    name = "secret_owner_reference_mismatch"

    def test_is_not_asked_for_where_the_controller_sets_none(self) -> None:
        assert ask(self.name, FULL) == ()

    def test_is_the_certificate_where_it_does(self) -> None:
        other = OwnerReference(kind="Job", name="x", uid="1")
        assert ask(self.name, owned_by(other, OWNER), OWNING) == ()

    def test_is_missed(self) -> None:
        answer = ask(self.name, FULL, OWNING)
        assert found(answer) == [("SecretOwnerRefMismatch", "secret.metadata.ownerReferences")]
        assert evidence(answer) == [(("Certificate/web uid-of-default-web",), ())]

    @pytest.mark.parametrize(
        "owner",
        [
            evolve(OWNER, api_version="v1"),
            evolve(OWNER, kind="Job"),
            evolve(OWNER, name="api"),
            evolve(OWNER, uid="other"),
            evolve(OWNER, controller=None),
            evolve(OWNER, block_owner_deletion=False),
        ],
    )
    def test_is_another_if_one_field_differs(self, owner: OwnerReference) -> None:
        answer = ask(self.name, owned_by(owner), OWNING)
        assert evidence(answer) == [
            (("Certificate/web uid-of-default-web",), (f"{owner.kind}/{owner.name} {owner.uid}",))
        ]

    def test_of_a_certificate_without_an_identity_has_an_empty_one(self) -> None:
        snapshot = owned_by(evolve(OWNER, uid=""))
        bare = evolve(snapshot, certificate=evolve(snapshot.certificate, uid=None))
        assert ask(self.name, bare, OWNING) == ()


class TestTheFieldOfTheOwner:
    name = "secret_owner_reference_managed_field_mismatch"
    step = 'k:{"uid":"uid-of-default-web"}'
    fields: ClassVar[Json] = {"f:metadata": {"f:ownerReferences": {step: {}}}}

    @pytest.mark.parametrize(
        ("policy", "fields", "differs"),
        [
            pytest.param(OWNING, fields, False, id="is owned"),
            pytest.param(OWNING, {}, True, id="is missed"),
            pytest.param(POLICY, {}, False, id="is not owned"),
            pytest.param(POLICY, fields, True, id="is given up"),
        ],
    )
    def test_as_the_controller_is_set_up(
        self, policy: Policy, fields: object, *, differs: bool
    ) -> None:
        answer = ask(self.name, owning(fields), policy)
        path = f"{MANAGED}.metadata.ownerReferences"
        assert found(answer) == [("SecretOwnerRefMismatch", path)] * differs
        assert evidence(answer) == [(policy is OWNING, policy is not OWNING)] * differs

    def test_is_the_one_of_this_certificate_and_manager(self) -> None:
        other: Json = {"f:metadata": {"f:ownerReferences": {'k:{"uid":"other"}': {}}}}
        assert ask(self.name, owning(other)) == ()
        assert ask(self.name, owning(self.fields, "somebody")) == ()

    def test_of_a_certificate_without_an_identity_has_an_empty_one(self) -> None:
        fields: Json = {"f:metadata": {"f:ownerReferences": {'k:{"uid":""}': {}}}}
        snapshot = owning(fields)
        bare = evolve(snapshot, certificate=evolve(snapshot.certificate, uid=None))
        assert ask(self.name, bare, OWNING) == ()

    def test_cannot_be_known_where_it_is_junk(self) -> None:
        assert found(ask(self.name, owning(1))) == [("ManagedFieldsParseError", MANAGED)]


JKS, PKCS12 = ("keystore.jks", "truststore.jks"), ("keystore.p12", "truststore.p12")


class TestTheKeystores:
    name = "secret_keystore_format_mismatch"

    @pytest.mark.parametrize(
        ("keystores", "there", "wrong"),
        [
            pytest.param(None, (), (), id="are none where none is wanted"),
            pytest.param(None, JKS + PKCS12, JKS + PKCS12, id="are too many"),
            pytest.param(Keystores(jks=CREATED), JKS, (), id="are those of Java"),
            pytest.param(Keystores(pkcs12=CREATED), PKCS12, (), id="are those of PKCS#12"),
            pytest.param(Keystores(jks=CREATED), (), JKS, id="are missed, those of Java"),
            pytest.param(Keystores(pkcs12=CREATED), (), PKCS12, id="are missed, PKCS#12's"),
            pytest.param(
                Keystores(jks=CREATED), PKCS12, JKS + PKCS12, id="are of one kind for another"
            ),
            pytest.param(
                Keystores(jks=Keystore(create=False)), JKS, JKS, id="are too many where unwanted"
            ),
            pytest.param(Keystores(jks=Keystore()), (), (), id="are none where creating is unsaid"),
        ],
    )
    def test_with_a_ca(
        self, keystores: Keystores | None, there: tuple[str, ...], wrong: tuple[str, ...]
    ) -> None:
        spec = evolve(SPEC, keystores=keystores)
        snapshot = with_entries(dict.fromkeys(there, b"x"), wanting(spec))
        answer = ask(self.name, snapshot)
        assert found(answer) == [("SecretMismatch", f"secret.data[{key}]") for key in wrong]

    @pytest.mark.parametrize(
        ("keystores", "kind"),
        [(Keystores(jks=CREATED), "JKS"), (Keystores(pkcs12=CREATED), "PKCS#12")],
    )
    def test_need_no_truststore_without_a_ca(self, keystores: Keystores, kind: str) -> None:
        spec = evolve(SPEC, keystores=keystores)
        snapshot = with_entries({keys.CA_CERTIFICATE: None}, wanting(spec))
        assert evidence(ask(self.name, snapshot)) == [(f"a {kind} store", None)]

    def test_that_are_too_many_say_so(self) -> None:
        answer = ask(self.name, with_entries({keys.JKS_KEYSTORE: b"x"}))
        assert evidence(answer) == [(None, "a JKS store")]
