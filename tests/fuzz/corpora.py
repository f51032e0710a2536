"""`python -m tests.fuzz.corpora PATH...`: is every certificate read, or refused with a reason?

For other people's certificates: x509-limbo's, zlint's, a trust store. They are fetched to look at
and are no part of the project; what they taught is in tests/pki/test_learned_from_corpora.py.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import simplefilter

from cryptography import x509

from certlife.errors import CertlifeError
from certlife.pki.certificate import X509Certificate
from certlife.pki.pem import iter_blocks
from tests.fuzz.judge import attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Read certificates and print how many were read, and what was refused why.

    Returns:
        0 if nothing but a refusal kept any from being read, 1 if there was no certificate.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz.corpora", description="Read other people's certificates."
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or folder")
    parser.add_argument("--names", action="store_true", help="name the files, not only count them")
    options = parser.parse_args(arguments)
    simplefilter("ignore")  # what cryptography deprecates is what these are about
    found = dict(_certificates(options.paths))
    said: dict[str, list[str]] = defaultdict(list)
    refused = 0
    for der, name in found.items():
        try:
            X509Certificate.from_der(der)
        except CertlifeError as error:
            refused += 1
            said[f"refused, {_opinion(der)}: {error.rule}"].append(name)
        else:
            if _problem(der) is not None:
                said["read, cryptography refuses it"].append(name)
    for what, names in sorted(said.items(), key=lambda item: -len(item[1])):
        sys.stdout.write(f"{len(names):5} {what}\n")
        if options.names:
            sys.stdout.write(f"      {', '.join(names)}\n")
    sys.stdout.write(
        f"{len(found):,} certificates: {len(found) - refused:,} read, {refused} refused\n"
    )
    return 0 if found else 1


def _certificates(paths: Iterable[Path]) -> Iterator[tuple[bytes, str]]:
    """Yield the DER of each certificate, from files of PEM, DER, or JSON with PEM in it."""
    files = (
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    )
    for file in files:
        if not file.is_file():
            continue
        data = file.read_bytes()
        if file.suffix == ".json":
            data = data.replace(b"\\n", b"\n").replace(b'"', b"\n")
        if data.startswith(b"\x30"):
            yield data, file.name
        for block in iter_blocks(data):
            yield block.der, file.name


def _opinion(der: bytes) -> str:
    return "as by cryptography" if _problem(der) else "though cryptography reads it"


def _problem(der: bytes) -> str | None:
    """Say what cryptography finds wrong, when it is made to read all of it."""
    certificate = attempt(lambda: x509.load_der_x509_certificate(der))
    if certificate is None:
        return "the certificate"
    for part in ("extensions", "subject", "issuer"):
        if attempt(partial(getattr, certificate, part)) is None:
            return part
    return "the key" if attempt(certificate.public_key) is None else None


if __name__ == "__main__":
    sys.exit(main())
