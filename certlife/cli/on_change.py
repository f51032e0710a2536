"""What to run once certificates have changed: each command once, for whatever has changed.

For which version of which Secret a command has succeeded is noted in the store, so that none is
forgotten: one that failed, or that a crash came before, is run again. A command is a list of
arguments of the local configuration; nothing of an object gets into it.
"""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import timedelta
from hashlib import sha256
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from certlife.adapters.files.folder import Folder
from certlife.adapters.files.lock import locked
from certlife.adapters.files.places import PRIVATE_FOLDER
from certlife.adapters.files.records import decoded, encoded
from certlife.cli.controller import LOGGER
from certlife.cli.table import full_name
from certlife.cli.text import listed, printable
from certlife.errors import CertlifeError, ManifestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from certlife.adapters.files import FileStore
    from certlife.cli.configuration import Configuration
    from certlife.cli.settings import OnChange
    from certlife.model.secret import SecretData

ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
}
"""The whole environment of a command, whatever ours is."""

_NOTES: Final = "on-change.json"
_PATIENCE: Final = timedelta(seconds=30)
_TOLD_BYTES: Final = 500
"""How much of what a failed command has written is told, from its end."""


def run_commands(configuration: Configuration, store: FileStore, root: Path) -> bool:
    """Run each command that has not succeeded for what its Certificates' Secrets now hold.

    Args:
        configuration: The commands, and the Certificates.
        store: Where the Secrets are.
        root: The store's folder.

    Returns:
        Whether all is well.

    Raises:
        CertlifeError: The notes cannot be read or written, or another process is at it.
    """
    hooks = configuration.settings.on_change
    if not hooks:
        return True
    versions, is_read = {}, True
    for certificate in configuration.certificates:
        name = full_name(certificate)
        try:
            secret = store.read_secret(certificate.spec.secret_name, certificate.namespace)
        except CertlifeError as error:
            LOGGER.error("cannot run commands for a change of %s: %s", name, error)
            is_read = False
        else:
            if secret is not None:
                versions[name] = _version(secret)
    with Folder.at(root) as top, top.make(PRIVATE_FOLDER) as folder, locked(folder, _PATIENCE):
        done = _read(folder)
        succeeded = [_run(hook, versions, done) for hook in hooks]
        folder.replace(_NOTES, encoded({_key(hook): done[_key(hook)] for hook in hooks}))
    return is_read and all(succeeded)


def run_command(command: Sequence[str], timeout: timedelta) -> str | None:
    """Run a command, and return what went wrong.

    It has no standard input, the environment ENVIRONMENT and a session of its own.

    Args:
        command: The program, found by PATH, and its arguments.
        timeout: When it is killed, with all that it has started in its session.
    """
    with TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 — the local configuration says what, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            return f"it cannot be started, {(error.strerror or str(error)).lower()}"
        try:
            status = process.wait(timeout.total_seconds())
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return f"it took longer than {timeout}"
        if status == 0:
            return None
        how = f"with status {status}" if status > 0 else f"by the signal {-status}"
        output.seek(max(0, output.seek(0, os.SEEK_END) - _TOLD_BYTES))
        said = printable(output.read().decode(errors="replace").strip())
        return f"it ended {how}" + (f", saying {said}" if said else "")


def _run(hook: OnChange, versions: Mapping[str, str], done: dict[str, dict[str, str]]) -> bool:
    """Run a command, if there is something that it has not been run for; note it if it succeeds."""
    wanted = {
        name: version
        for name, version in versions.items()
        if hook.certificates is None or name in hook.certificates
    }
    before = done.setdefault(_key(hook), {})
    changed = [name for name, version in wanted.items() if before.get(name) != version]
    if not changed:
        return True
    called = printable(" ".join(hook.command))
    LOGGER.info("%s: running %s", listed(changed), called)
    problem = run_command(hook.command, hook.timeout)
    if problem is not None:
        LOGGER.error("cannot run %s: %s; it is tried again in the next round", called, problem)
        return False
    done[_key(hook)] = wanted
    return True


def _key(hook: OnChange) -> str:
    """Name a command in the notes; it may be long, and hold what is nobody's business."""
    return sha256(encoded(list(hook.command))).hexdigest()


def _version(secret: SecretData) -> str:
    digest = sha256()
    for name, entry in sorted((secret.entries or {}).items()):
        digest.update(sha256(name.encode()).digest() + sha256(entry).digest())
    return digest.hexdigest()


def _read(folder: Folder) -> dict[str, dict[str, str]]:
    """Read what was noted; if that cannot be read, each command is run once more than need be."""
    try:
        found = decoded(folder.read(_NOTES) or b"{}")
    except ManifestError:
        return {}
    return {
        key: {name: str(version) for name, version in versions.items()}
        for key, versions in (found.items() if isinstance(found, dict) else ())
        if isinstance(versions, dict)
    }
