"""Reference architectures: what was meant to be built.

Files are read and laid over each other (``source``, ``layers``), held against the grammar that users write
(``grammar``, ``validate``), searched for contradictions and vain keys (``contradictions``, ``effect``); what
follows is derived (``derive``) into the resolved model (``model``) and its clauses. It knows files and
nothing else: no cloud, no site, no address, no secret. It may import ``harness.errors`` only.
"""

from harness.arch.architecture import Architecture
from harness.arch.clauses import Clause, ClauseTable, Origin
from harness.arch.loading import load
from harness.arch.paths import parse, show

__all__ = ["Architecture", "Clause", "ClauseTable", "Origin", "load", "parse", "show"]
