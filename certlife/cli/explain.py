"""One certificate in full: the decision, every reason, and the arithmetic behind it, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, assert_never

from certlife.cli.judgement import Verdict
from certlife.cli.table import full_name
from certlife.cli.text import dated, in_days, printable
from certlife.errors import CertlifeError, Unreadable
from certlife.model import annotations as keys
from certlife.pki.chain import assemble_chain
from certlife.pki.names import DistinguishedName
from certlife.policy.backoff import backoff_delay, backoff_until
from certlife.policy.renewal import RenewalRule
from certlife.schedule.durations import format_duration
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.cli.judgement import Judgement
    from certlife.model.spec import CertificateSpec
    from certlife.pki.certificate import X509Certificate
    from certlife.policy.renewal import RenewalTime

_VERDICTS: Final = {
    Verdict.ISSUE: "it must be issued now",
    Verdict.BLOCKED: "nothing can be done before somebody else moves",
    Verdict.BACKOFF: "it must be issued, but that has failed lately",
    Verdict.IN_PROGRESS: "it is being issued already",
    Verdict.UNKNOWN: "nothing is wrong with what was there to be judged",
    Verdict.KEEP: "it stands",
}

_BY_LIFETIME: Final = (RenewalRule.RENEW_BEFORE_PERCENTAGE, RenewalRule.TWO_THIRDS)


def explain(judgement: Judgement, *, now: datetime) -> str:
    """Write everything that is known about one certificate, as text."""
    sections = [
        (full_name(judgement.certificate), _decision(judgement, now)),
        ("Why", (violation.message for violation in judgement.violations)),
        ("Renewal", _renewal(judgement, now)),
        ("Backoff", _backoff(judgement, now)),
        ("Chain", _chain(judgement)),
        ("Advice", (violation.message for violation in judgement.advice)),
        ("Not judged", judgement.question.not_judged),
    ]
    return "\n\n".join(
        "\n".join([printable(title), *(f"  {printable(line)}" for line in lines)])
        for title, content in sections
        if (lines := list(content))
    )


def _decision(judgement: Judgement, now: datetime) -> Iterator[str]:
    reason = f" ({judgement.reason})" if judgement.reason else ""
    yield f"{judgement.verdict}: {_VERDICTS[judgement.verdict]}{reason}"
    yield f"read from {judgement.question.source}"
    if judgement.since is not None:
        yield f"since {dated(judgement.since, now)}"
    if judgement.verdict is Verdict.KEEP:
        if judgement.next_check is None:
            yield "time alone will not change that"
        else:
            yield f"time alone will change that at {dated(judgement.next_check, now)}"


def _renewal(judgement: Judgement, now: datetime) -> Iterator[str]:
    renewal = judgement.renewal
    secret = judgement.question.snapshot.secret
    if renewal is None or secret is None:
        return
    certificate = secret.certificate
    lifetime = certificate.not_after - certificate.not_before
    yield f"valid from {dated(certificate.not_before, now)}"
    yield f"to {dated(certificate.not_after, now)}, {in_days(lifetime)} in all"
    spec = judgement.certificate.spec
    if spec.renew_before is not None and renewal.rule in _BY_LIFETIME:
        before = format_duration(spec.renew_before)
        yield f"spec.renewBefore is {before}, which is not within the lifetime: it does not count"
    yield _rule(renewal, spec, lifetime, now)
    if renewal.window_error:
        yield f"the desired time stands: {renewal.window_error}"
    elif renewal.at is None or renewal.at == renewal.desired:
        return
    elif renewal.rule is RenewalRule.ARI:
        yield f"a window opens at {dated(renewal.at, now)}, but that is not waited for"
    else:
        yield f"no window is open then; the next one opens at {dated(renewal.at, now)}"


def _rule(renewal: RenewalTime, spec: CertificateSpec, lifetime: timedelta, now: datetime) -> str:
    desired = "" if renewal.desired is None else dated(renewal.desired, now)
    match renewal.rule:
        case RenewalRule.DISABLED:
            return "spec.renewal.policy is Disabled: it is never renewed by itself"
        case RenewalRule.ARI:
            return f"the ACME server suggests renewal: due at {desired}"
        case RenewalRule.RENEW_BEFORE:
            before = format_duration(spec.renew_before or timedelta())
            return f"spec.renewBefore is {before}: due at {desired}"
        case RenewalRule.RENEW_BEFORE_PERCENTAGE:
            percentage = f"{spec.renew_before_percentage} % of {in_days(lifetime)}"
            return f"spec.renewBeforePercentage is {percentage}: due at {desired}"
        case RenewalRule.TWO_THIRDS:
            two_thirds = in_days(lifetime * 2 / 3)
            return f"two thirds of {in_days(lifetime)} are {two_thirds}: due at {desired}"
        case _:
            assert_never(renewal.rule)


def _backoff(judgement: Judgement, now: datetime) -> Iterator[str]:
    status = judgement.certificate.status
    if status.last_failure_time is None:
        return
    attempts = status.failed_issuance_attempts
    delay = format_duration(backoff_delay(attempts))
    yield f"failed last at {dated(status.last_failure_time, now)}"
    yield f"{attempts or 1} in a row: {delay} to wait (1h, doubled by each failure, up to 32h)"
    until = backoff_until(judgement.question.snapshot)
    if until is None:
        yield "there is no waiting: the failed request is not what the spec asks for now"
    elif until > now:
        yield f"may be tried again at {dated(until, now)}"
    else:
        yield f"the wait ended at {dated(until, now)}"


def _chain(judgement: Judgement) -> Iterator[str]:
    secret = judgement.question.snapshot.secret
    if secret is None or isinstance(secret.certificate_reading, Unreadable):
        return
    try:
        chain = assemble_chain(secret.entry(keys.TLS_CERTIFICATE))
    except CertlifeError as error:
        yield f"tls.crt is not one chain: {error}"
        return
    yield from described(chain.certificates)
    for left_out in chain.left_out:
        yield f"{subject_of(left_out.certificate)}: {left_out.reason}"


def described(certificates: Iterable[X509Certificate]) -> Iterator[str]:
    """Write one line a certificate: its subject and until when it is valid."""
    for number, certificate in enumerate(certificates, start=1):
        until = format_instant(certificate.not_after)
        yield f"{number}. {subject_of(certificate)}, until {until}"


def subject_of(certificate: X509Certificate) -> str:
    """Write a subject as RFC 4514 text; an empty one by its names."""
    subject = DistinguishedName.from_der(certificate.subject_der).to_rfc4514()
    return subject or f"no subject, for {', '.join(certificate.dns_names) or 'no DNS name'}"
