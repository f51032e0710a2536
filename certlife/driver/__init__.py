"""The loop that performs plans: over any store, any issuer and any clock.

All decisions are `reconcile`'s and `advance`'s; here bytes are made and handed on. Whatever stops
the loop, wherever it stops, starting it again goes on.
"""

from certlife.driver.loop import UNDONE, settle, step, turn
from certlife.driver.performing import perform
from certlife.driver.store import Store
from certlife.issuers.protocol import Clock, Issuer

__all__ = ["UNDONE", "Clock", "Issuer", "Store", "perform", "settle", "step", "turn"]
