"""Who may read what the store writes: nobody else, unless a group is named.

Modes are decided here and nowhere else; nothing is opened.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from certlife.errors import InvalidValueError, StoreError, WrongTypeError, shown

try:
    import grp
except ImportError:  # Windows has neither these groups nor the links and modes of the store
    raise StoreError("expected a Unix such as Linux or macOS, which the store needs") from None

_MODES: Final = (0o600, 0o400, 0o640, 0o440)
_GROUP_READS: Final = 0o040


@frozen
class Access:
    """The mode of files and the group that they belong to.

    Args:
        mode: Of each file: 0600, 0400, 0640 or 0440.
        group: The number of the group; None for the one that the system gives.
    """

    mode: int = 0o600
    group: int | None = None

    @classmethod
    def of(cls, group: str | int | None, mode: int | None) -> Access:
        """Work out the access that somebody asked for.

        Args:
            group: The group that may read, by name or number; None for no group.
            mode: Of each file; None for 0640 with a group, 0600 without.

        Raises:
            InvalidValueError: There is no such group; or the mode is none of those four, or lets a
                group read that nobody has named.
            WrongTypeError: An argument is of a wrong type.
        """
        if isinstance(group, bool) or not isinstance(group, str | int | None):
            raise WrongTypeError("expected a group's name or number, or None", path="group")
        if mode is None:
            mode = 0o600 if group is None else 0o640
        if isinstance(mode, bool) or not isinstance(mode, int):
            raise WrongTypeError("expected a file mode or None", path="mode")
        if mode not in _MODES:
            rule = f"expected {', '.join(f'{one:04o}' for one in _MODES)}: keys are for few"
            raise InvalidValueError(rule, path="mode", value=f"{mode:04o}")
        if group is None and mode & _GROUP_READS:
            raise InvalidValueError("expected a group, since the mode lets one read", path="group")
        return cls(mode, _number(group) if isinstance(group, str) else group)

    @property
    def folder_mode(self) -> int:
        """Of each folder: 0700, or 0750 where a group may read."""
        return 0o750 if self.mode & _GROUP_READS else 0o700


PRIVATE: Final = Access()
"""For the user that certlife runs as, and nobody else."""


def _number(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid
    except (KeyError, ValueError):  # ValueError: no name can hold a NUL
        rule = "expected a group of this system"
        raise InvalidValueError(rule, path="group", value=shown(group)) from None
