"""``python -m harness.cli``: the same as ``deployday``."""

from harness.cli import main

main()
