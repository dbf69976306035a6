"""``deployday hosts check``: hosts against their description and against each other."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from harness.arch.summing import sum_up
from harness.cli.hosts_gathering import Gathered, NodeOption, chosen, gather
from harness.cli.hosts_showing import All, one_line, racks_of, say_head, some
from harness.cli.options import Overlay, Set
from harness.cli.showing import UNREAD, WRONG, AsJson, as_json, say
from harness.fleet.bare import bare_questions
from harness.fleet.checking import Checked
from harness.fleet.checking import check as held
from harness.fleet.findings import Finding
from harness.fleet.questions import questions
from harness.site import load_site

Bare = Annotated[
    bool,
    typer.Option(
        "--bare",
        help="Only the machines: disks, interfaces, memory, virtualisation, clock, names, addresses.",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 for what is doubtful or odd, too.")]


def check(
    ref: Annotated[str, typer.Argument(metavar="SITE", help="The site file; its hosts are visited.")],
    nodes: NodeOption = [],  # noqa: B006
    bare: Bare = False,
    strict: Strict = False,
    all_: All = False,
    overlays: Overlay = [],  # noqa: B006
    sets: Set = [],  # noqa: B006
    json: AsJson = False,
) -> None:
    """Hold the hosts against their description, and those with the same roles against each other.

    OpenStack is not asked anything. Exit 1 where something is wrong, 2 where not everything could be seen.
    """
    site = load_site(ref, overlays=overlays, sets=sets)
    ask = bare_questions if bare else questions
    found = gather(site, chosen(site, nodes), lambda node: ask(node, site.arch.model))
    checked = held(found.facts, site.arch, only_machines=bare)
    as_json(_data(found, checked)) if json else _show(found, checked, all_)
    blind = not found.whole or bool(checked.unseen)
    raise typer.Exit(WRONG if checked.bad(strict) else UNREAD if blind else 0)


def _data(found: Gathered, checked: Checked) -> dict[str, Any]:
    return {
        "site": found.site.name,
        "architecture": found.site.arch.name,
        "hosts": list(found.facts),
        "silent": found.silent,
        "not_whole": found.torn,
        "verified": checked.verified,
        "findings": [each.to_data() for each in checked.findings],
        "unseen": [
            {"what": what, "why": why, "nodes": list(nodes)} for (what, why), nodes in checked.unseen.items()
        ],
    }


def _show(found: Gathered, checked: Checked, all_: bool) -> None:
    say_head(found)
    racks = racks_of(found.site)
    lines = [(_sort(each), _line(each, racks)) for each in checked.findings]
    for line in some(lines, all_):
        say(f"  {line}")
    for line in some(_unseen(found, checked), all_):
        say(f"  {line}")
    counts = {word: sum(each.said.severity == word for each in checked.findings) for word in _WORDS}
    told = [f"{number} {word}" for word, number in counts.items() if number]
    say(f"{checked.verified} statements hold{'; ' if told else ''}{', '.join(told)}")


_WORDS = ("wrong", "doubtful", "odd")


def _sort(each: Finding) -> tuple[object, ...]:
    """What is cut short together: the same kind of thing on the same hosts."""
    return each.said.severity, each.nodes, each.said.what.partition(" ")[0].partition(".")[0]


def _line(each: Finding, racks: dict[str, str]) -> str:
    where = f" · {sum_up(each.nodes, each.of, racks)}" if each.nodes else ""
    return f"{each.said.severity:<9} {one_line(str(each))}{where}"


def _unseen(found: Gathered, checked: Checked) -> list[tuple[object, str]]:
    """What could not be seen, once a reason, with how many statements rest on it."""
    reasons: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (what, why), nodes in checked.unseen.items():
        reasons.setdefault((why, nodes), []).append(what)
    racks = racks_of(found.site)
    lines: list[tuple[object, str]] = []
    for (why, nodes), whats in reasons.items():
        more = f" and {len(whats) - 1} more" if len(whats) > 1 else ""
        told = f"{whats[0]}{more}: {why}"
        lines.append((why, f"{'unseen':<9} {one_line(told)} · {sum_up(nodes, found.nodes, racks)}"))
    return lines
