"""What the arguments of a public function have to be, said in one way for all of them.

An argument may be key material by mistake, so that only its type is named.
"""

from __future__ import annotations

from certlife.errors import WrongTypeError


def require(value: object, kind: type[object], path: str) -> None:
    """Insist on a type.

    Args:
        value: The argument.
        kind: What it has to be an instance of.
        path: What the argument is called, for the error.

    Raises:
        WrongTypeError: It is no instance of `kind`.
    """
    if not isinstance(value, kind):
        raise WrongTypeError(f"expected {kind.__name__}", path=path, value=type(value).__name__)
