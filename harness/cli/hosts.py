"""``deployday hosts``: the hosts of a site, without asking OpenStack: facts, check, difference.

Exit 0: nothing wrong. 1: something is wrong, or otherwise. 2: not everything could be seen. 3: wrong usage.
"""

from __future__ import annotations

import typer

from harness.cli.hosts_check import check
from harness.cli.hosts_diff import diff
from harness.cli.hosts_facts import facts

app = typer.Typer(
    help="Facts of the hosts, checked and compared.", no_args_is_help=True, rich_markup_mode=None
)
app.command()(facts)
app.command()(check)
app.command()(diff)
