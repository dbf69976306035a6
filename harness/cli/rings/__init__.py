"""``deployday rings``: Swift's rings, of one file or of a whole cloud, held against all that speaks of them.

Exit 0: sound. 1: something is wrong. 2: something could not be read or reached. 3: wrong usage.
"""

from __future__ import annotations

import typer

from harness.cli.rings.check import check
from harness.cli.rings.compare import compare
from harness.cli.rings.diff import diff
from harness.cli.rings.locate import locate
from harness.cli.rings.whatif import what_if

app = typer.Typer(
    help="Check, compare and ask the rings of Swift.", no_args_is_help=True, rich_markup_mode=None
)
app.command()(check)
app.command()(diff)
app.command()(compare)
app.command()(locate)
app.command("what-if")(what_if)
