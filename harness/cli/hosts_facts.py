"""``deployday hosts facts``: what the hosts of a site say of themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from harness.arch.suggest import did_you_mean
from harness.cli.hosts_gathering import Gathered, NodeOption, chosen, gather
from harness.cli.hosts_showing import All, one_line, racks_of, say_columns, say_head, say_reasons
from harness.cli.hosts_table import PARTS, rows, unknown
from harness.cli.options import Overlay, Set
from harness.cli.showing import UNREAD, AsJson, as_json, say
from harness.errors import Problem, UsageError
from harness.fleet.questions import questions
from harness.fleet.snapshot import write_snapshot
from harness.hosts.facts.model import NOT_ASKED
from harness.hosts.facts.questions import SECTIONS, Questions
from harness.site import load_site

Save = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="Keep the facts as a snapshot, for `hosts diff`."),
]
Part = Annotated[
    list[str],
    typer.Option("--part", metavar="PART,…", help=f"Only these parts: {', '.join(PARTS)}"),
]


def facts(
    ref: Annotated[str, typer.Argument(metavar="SITE", help="The site file; its hosts are visited.")],
    nodes: NodeOption = [],  # noqa: B006
    part: Part = [],  # noqa: B006
    save: Save = None,
    all_: All = False,
    overlays: Overlay = [],  # noqa: B006
    sets: Set = [],  # noqa: B006
    json: AsJson = False,
) -> None:
    """What the hosts say of themselves, in one round trip each; a value that many have is one line.

    Exit 2 where a host did not tell everything.
    """
    site = load_site(ref, overlays=overlays, sets=sets)
    parts, names = parts_of(part), chosen(site, nodes)
    if save is not None and save.exists():
        raise UsageError(Problem(str(save), "is there already", hint="give another name; nothing was asked"))
    found = gather(site, names, lambda node: _asked(questions(node, site.arch.model), parts))
    if save is not None:
        write_snapshot(save, found.snapshot())
    if json:
        as_json(found.snapshot().to_json() | {"not_whole": found.torn})
    else:
        _show(found, parts or SECTIONS, whole=all_ or bool(parts))
        say(f"kept in {save}") if save is not None else None
    raise typer.Exit(0 if found.whole else UNREAD)


def parts_of(words: list[str]) -> tuple[str, ...]:
    """The named parts in their order; raises ``UsageError`` for one that is none."""
    named = [name.strip() for word in words for name in word.split(",") if name.strip()]
    for name in named:
        if name not in SECTIONS:
            hint = did_you_mean(name, SECTIONS, list_all=30)
            raise UsageError(Problem("--part", "there is no such part", found=name, hint=hint))
    return tuple(name for name in SECTIONS if name in named)


def _asked(every: Questions, parts: tuple[str, ...]) -> Questions:
    """What is asked of a host anyway, as far as it is wanted; a part that is named is asked of every host."""
    return replace(every, sections=parts) if parts else every


def _show(found: Gathered, parts: tuple[str, ...], *, whole: bool) -> None:
    say_head(found)
    racks = racks_of(found.site)
    for part in parts:
        told = [*rows(part, found.facts, racks, whole=whole)]
        lacking = {node: why for node, why in unknown(part, found.facts).items() if why != NOT_ASKED.unknown}
        if told or lacking:
            say()
            say(part)
            say_columns([(one_line(what, 120), one_line(value), hosts) for what, value, hosts in told])
            say_reasons("not told", lacking, found.nodes, found.site)
