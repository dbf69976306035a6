"""What reports cost: ``build`` (from a record), ``page`` (in a browser), and what many of them do:
``history`` (the index and its questions), ``compare`` (runs side by side); ``beside``: what others need.

Each part measures beside its anchor in one run. A part stands in a file of its own, ``reports_PART.py``, with
``main(words)``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = tuple(sorted(path.stem.partition("_")[2] for path in HERE.glob("reports_*.py")))


def main() -> None:
    # this folder first would let the package `reports` be this file
    sys.path[:] = [str(HERE.parent), *(path for path in sys.path if Path(path or ".").resolve() != HERE)]
    sys.modules.pop("reports", None)
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(f"usage: {sys.argv[0]} {{{','.join(PARTS)}}} …")
    import_module(f"benchmarks.reports_{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
