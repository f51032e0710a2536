"""Where certlife answers otherwise than cert-manager on purpose: the list, one entry a rule.

A case deviates only if its question is one that an entry is about *and* the answer differs. The
first entry that applies gives its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from tests.conformance import predicates_objects, predicates_time
from tests.conformance.question import Question


@frozen
class Deviation:
    """One rule of cert-manager's that certlife does not share.

    Args:
        name: What the runner calls it.
        rule: What certlife does, in a sentence.
        argument: Why that is better.
        applies: Whether a question is one of those that the rule is about. It looks neither at
            ids nor at answers, so that it holds for vectors that nobody has seen yet.
    """

    name: str
    rule: str
    argument: str
    applies: Callable[[Question], bool]


def _has_zoned_address(question: Question) -> bool:
    """Whether a request is to be made of a spec with an IPv6 address in a zone."""
    if question.op not in {"generate_csr", "encode_csr"}:
        return False
    addresses = question.inner("certificate").inner("spec").fields.get("ipAddresses")
    return isinstance(addresses, list | tuple) and any(
        isinstance(address, str) and ":" in address and bool(address.partition("%")[2])
        for address in addresses
    )


def _has_modern_keystore(question: Question) -> bool:
    """Whether a Secret is to be written with a PKCS #12 store of the profile of 2026."""
    if question.op != "secret_annotations":
        return False
    store = question.inner("certificate").inner("spec").inner("keystores").inner("pkcs12")
    return store.flag("create") and store.text("profile") == "Modern2026"


DEVIATIONS: Final = (
    Deviation(
        "nanoseconds",
        "A duration that is finer than a microsecond is refused.",
        "Python's durations hold microseconds. To round one in silence would be to answer a "
        "question that nobody has asked.",
        predicates_time.is_finer_than_a_microsecond,
    ),
    Deviation(
        "year-zero",
        "An instant in the year 0 is refused, and one in a certificate is read as the first of "
        "the year 1.",
        "Python's calendar begins there. Both lie so long ago that no decision turns on it.",
        predicates_time.names_the_year_zero,
    ),
    Deviation(
        "year-ten-thousand",
        "A cron search ends with the year 9999.",
        "Python's calendar ends there, and so does that of RFC 3339 and of X.509.",
        predicates_time.searches_past_the_calendar,
    ),
    Deviation(
        "long-lifetimes",
        "A lifetime of more than 292 years is the one that the certificate says.",
        "cert-manager's 64 bits of nanoseconds do not reach as far, so that a certificate "
        "without an end in practice (RFC 5280 4.1.2.5, 99991231235959Z) is renewed 97 years "
        "before it.",
        predicates_time.outlives_64_bits,
    ),
    Deviation(
        "integer-percentages",
        "A percentage of a lifetime is computed exactly.",
        "cert-manager multiplies 64-bit floats, and one time in some hundreds renewal comes "
        "out a second off what the percentage says.",
        predicates_time.has_percentage_that_floats_miss,
    ),
    Deviation(
        "unknown-renewal-policy",
        "With a renewal policy that nobody knows the desired time stands, with an error beside it.",
        "cert-manager has no renewal time then, and its controller crashes.",
        predicates_time.has_unknown_renewal_policy,
    ),
    Deviation(
        "window-without-grid",
        "`@every` is refused in a window: the desired time stands, with an error beside it.",
        "It counts from whenever it is asked, so that the window opens at no particular time and "
        "cert-manager's search finds what it happens to find.",
        predicates_time.has_window_without_grid,
    ),
    Deviation(
        "unusable-window",
        "With a window of a bad zone, cron expression or duration, the desired time stands, with "
        "an error beside it.",
        "cert-manager has no renewal time then, and its controller crashes.",
        predicates_time.has_unusable_window,
    ),
    Deviation(
        "window-past-not-after",
        "A window moves no renewal past notAfter: the desired time stands, with an error beside "
        "it.",
        "cert-manager lets it move by as much as the window is long, and the certificate expire.",
        predicates_time.has_window_past_not_after,
    ),
    Deviation(
        "window-order",
        "Which of several windows comes first in the list does not matter.",
        "cert-manager forgets what it has found once a later window in the list opens too late, "
        "or is not even near.",
        predicates_time.has_forgotten_window,
    ),
    Deviation(
        "ari-no-length",
        "A suggested window whose end is not after its start is as good as none.",
        "RFC 9773 4.2 has clients treat it as if the server had not answered; cert-manager takes "
        "its start.",
        predicates_time.has_window_of_no_length,
    ),
    Deviation(
        "ari-past-not-after",
        "A suggested window that reaches past notAfter ends there.",
        "cert-manager waits for it while the certificate has expired.",
        predicates_time.has_wish_after_not_after,
    ),
    Deviation(
        "ari-half-a-window",
        "A suggested window in the status that lacks its start or its end is read as that.",
        "cert-manager crashes.",
        predicates_time.has_half_a_window,
    ),
    Deviation(
        "unknown-key-algorithm",
        "No key is of an algorithm that nobody knows: spec.privateKey.algorithm is violated.",
        "cert-manager crashes.",
        predicates_objects.has_unknown_key_algorithm,
    ),
    Deviation(
        "exponent-above-modulus",
        "An RSA private key whose public exponent is not below its modulus cannot be read.",
        "RFC 8017 3.1 has the exponent below the modulus. Go asks for less, but signs nothing with "
        "such a key, which has 31 bits at most.",
        predicates_objects.has_exponent_above_modulus,
    ),
    Deviation(
        "der-of-no-key",
        "Where the private key is no PEM, its DER form is violated.",
        "cert-manager crashes.",
        predicates_objects.has_der_of_no_key,
    ),
    Deviation(
        "postal-codes",
        "Postal codes that differ are reported as spec.subject.postalCodes.",
        "That is what the API calls the field; cert-manager says spec.subject.postCodes, which "
        "there is not.",
        predicates_objects.has_other_postal_codes,
    ),
    Deviation(
        "lost-joint",
        "A byte order mark or a missing line end between two files hides no certificate from the "
        "chain.",
        "cert-manager drops the certificate that it does not see, and with it the link.",
        predicates_objects.has_lost_joint,
    ),
    Deviation(
        "roots-only",
        "A chain is never empty: of roots alone the lowest is sent.",
        "cert-manager leaves out each of them and stores a tls.crt that no server can start with.",
        predicates_objects.has_roots_only,
    ),
    Deviation(
        "weak-root",
        "A root is never in the chain, whatever it signed itself with.",
        "To cert-manager a root signed with SHA-1 or MD5 is none, and clients that have it anyway "
        "are sent it (RFC 8446 4.4.2).",
        predicates_objects.has_weak_root,
    ),
    Deviation(
        "two-ways-up",
        "Where cross-signed or renewed CAs offer a choice, a path through all certificates is "
        "found.",
        "cert-manager joins what it comes to first in the order of the bytes, and fails if the "
        "rest is left over.",
        predicates_objects.has_two_ways_up,
    ),
    Deviation(
        "zoned-address",
        "No request is made of a spec that has an IP address with a zone.",
        "cert-manager leaves every address out of the request without a word, which then never "
        "fits its spec, and is made anew for ever.",
        _has_zoned_address,
    ),
    Deviation(
        "modern-keystore",
        "No PKCS #12 store of profile Modern2026 is written; and where LegacyRC2 is wanted, "
        "Triple DES takes the place of RC2.",
        "`cryptography` writes neither PBMAC1 nor RC2. Whatever reads RC2 reads Triple DES as "
        "well; what is to be modern should not turn out to be something else.",
        _has_modern_keystore,
    ),
)
