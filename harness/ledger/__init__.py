"""Leave nothing behind: what a run creates is written down first, removed at its end, and the proof is taken.

``file`` is the ledger, ``cleaner`` what is asked of whoever can list and delete, ``remover`` does that with
real clients, ``ending`` waits until things are
gone, ``clean`` empties the ledger, ``stopped`` starts services again, ``inventory`` compares what there is
with what there was.
"""

from harness.ledger.clean import Cleaned, Left, clean
from harness.ledger.cleaner import Cleaner, Thing
from harness.ledger.ending import Clock
from harness.ledger.file import KINDS, Entry, Ledger, LedgerEntry
from harness.ledger.inventory import Inventory, Leaks, leaks, sweep, take
from harness.ledger.stopped import Restored, restore

__all__ = [
    "KINDS",
    "Cleaned",
    "Cleaner",
    "Clock",
    "Entry",
    "Inventory",
    "Leaks",
    "Ledger",
    "LedgerEntry",
    "Left",
    "Restored",
    "Thing",
    "clean",
    "leaks",
    "restore",
    "sweep",
    "take",
]
