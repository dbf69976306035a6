"""Reference architectures: what was meant to be built.

Reading (``source``, ``layers``), the grammar that users write (``grammar``), what follows from it
(``derive``), what contradicts itself (``contradictions``), the resolved model and its clauses. This package
knows files and nothing else: no cloud, no site, no address, no secret. It may import ``harness.errors`` only.
"""

from harness.arch.architecture import Architecture
from harness.arch.clauses import Clause, ClauseTable, Origin
from harness.arch.loading import load
from harness.arch.paths import parse, show

__all__ = ["Architecture", "Clause", "ClauseTable", "Origin", "load", "parse", "show"]
