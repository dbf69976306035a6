"""``deployday hosts diff``: what of the hosts is otherwise than on the day of a snapshot."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.arch.layout import natural
from harness.arch.summing import listed, sum_up
from harness.cli.hosts_gathering import chosen, gather
from harness.cli.hosts_showing import All, one_line, racks_of, say_reasons, some, together
from harness.cli.options import Overlay, Set
from harness.cli.showing import UNREAD, WRONG, AsJson, as_json, say
from harness.errors import Problem, UsageError
from harness.fleet.difference import Difference, difference
from harness.fleet.questions import questions
from harness.fleet.snapshot import Snapshot, read_snapshot
from harness.site import Site, load_site


def diff(
    ref: Annotated[str, typer.Argument(metavar="SITE", help="The site file.")],
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A snapshot of `hosts facts --save`.")],
    new: Annotated[
        Path | None, typer.Argument(metavar="NEW", help="A later one; the hosts are visited without it.")
    ] = None,
    all_: All = False,
    overlays: Overlay = [],  # noqa: B006
    sets: Set = [],  # noqa: B006
    json: AsJson = False,
) -> None:
    """What of the hosts is otherwise than it was. What changes by itself is told only where it moved far.

    Exit 0 where nothing is, 1 where something is, 2 where not everything could be compared.
    """
    site = load_site(ref, overlays=overlays, sets=sets)
    before = _read(old, site)
    after, late = (_read(new, site), []) if new else _now(site, before)
    found = difference(before, after)
    if json:
        as_json(_data(site, before, after, found))
    else:
        _show(site, before, after, found, all_)
        if late:
            say(f"  note      not in the snapshot: {listed(late)}")
    raise typer.Exit(WRONG if not found.same else UNREAD if found.unseen else 0)


def _read(path: Path, site: Site) -> Snapshot:
    found = read_snapshot(path)
    if found.site != site.name:
        raise UsageError(
            Problem(str(path), "a snapshot of another site", expected=site.name, found=found.site[:100])
        )
    return found


def _now(site: Site, before: Snapshot) -> tuple[Snapshot, list[str]]:
    """The hosts of a snapshot as they are now, and those that it does not have."""
    described = chosen(site, ())
    known = {*before.facts, *before.silent}
    wanted = [node for node in described if node in known]
    found = gather(site, wanted, lambda node: questions(node, site.arch.model))
    return found.snapshot(), sorted(set(described) - known, key=natural)


def _data(site: Site, before: Snapshot, after: Snapshot, found: Difference) -> dict[str, Any]:
    return {
        "site": site.name,
        "from": before.taken,
        "to": after.taken,
        "same": found.same,
        "changes": {node: [asdict(each) for each in own] for node, own in found.changes.items()},
        "unseen": {node: list(own) for node, own in found.unseen.items()},
    }


def _show(site: Site, before: Snapshot, after: Snapshot, found: Difference, all_: bool) -> None:
    racks = racks_of(site)
    days = " to ".join(time.strftime("%Y-%m-%d %H:%M", time.localtime(day.taken)) for day in (before, after))
    say(f"{site.name}: {days}, {len(found.nodes)} hosts")
    changes = together(found.changes)
    lines = []
    for each, nodes in changes.items():
        where = sum_up(nodes, found.nodes, racks)
        lines.append(((each.kind, tuple(nodes)), f"{each.kind:<9} {one_line(str(each))} · {where}"))
    for line in some(lines, all_):
        say(f"  {line}")
    for why, nodes in together(found.unseen).items():
        say_reasons("unseen", dict.fromkeys(nodes, why), found.nodes, site)
    if found.same and not found.unseen:
        say("nothing is otherwise")
    elif found.same:
        say("nothing that could be compared is otherwise")
    else:
        say(f"{len(changes)} things are otherwise, on {sum_up(found.changes, found.nodes, racks)}")
