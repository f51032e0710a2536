"""The keys and certificates that the conformance vectors bring along, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.conformance.materials import Materials

PEM: Final = Materials.beside(
    Path(__file__).parents[1] / "conformance" / "vectors" / "trigger.jsonl"
).octets
