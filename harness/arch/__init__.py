"""Reference architectures: what was meant to be built.

Files are read and laid over each other (``source``, ``layers``), held against the grammar that users write
(``grammar``, ``validate``), searched for contradictions and vain keys (``contradictions``, ``effect``); what
follows is derived (``derive``) into the resolved model (``model``) and its clauses. It knows files and
nothing else: no cloud, no site, no address, no secret. It may import ``harness.errors`` only.

A name is imported when it is asked for: the grammar takes longer than many a command that needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.arch.architecture import Architecture
    from harness.arch.clauses import Clause, ClauseTable, Origin
    from harness.arch.loading import load
    from harness.arch.paths import parse, show

_PLACES = {
    "Architecture": "architecture",
    "Clause": "clauses",
    "ClauseTable": "clauses",
    "Origin": "clauses",
    "load": "loading",
    "parse": "paths",
    "show": "paths",
}

__all__ = ["Architecture", "Clause", "ClauseTable", "Origin", "load", "parse", "show"]


def __getattr__(name: str) -> Any:
    """The name from its module; raises ``AttributeError`` where there is none."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
