"""A durable store in a folder that a person can read and a web server can use.

It is what a loop needs::

    store = FileStore("/var/lib/certlife", certificates)
    settle(store, issuer, clock)

`/var/lib/certlife/NAME/tls.crt` and `tls.key` are then what the Certificate's `secretName` NAME
stands for. Needs `pip install 'certlife[files]'`, and a system with Unix's files.
"""

from certlife.adapters.files.records import MAX_EVENTS, ToldEvent
from certlife.adapters.files.store import FileStore

__all__ = ["MAX_EVENTS", "FileStore", "ToldEvent"]
