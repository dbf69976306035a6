"""How things of hosts are shown: one line for all hosts that have it, whatever a host put into its texts."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, TypeVar

import typer

from harness.arch.summing import sum_up
from harness.cli.hosts_gathering import Gathered
from harness.cli.showing import say
from harness.site import Site

T = TypeVar("T", bound=Hashable)
All = Annotated[bool, typer.Option("--all", help="Show every line, however many there are of a kind.")]
_MANY = 12
_SOME = 8


def racks_of(site: Site) -> dict[str, str]:
    """Node → its rack, as far as the site says so."""
    return {node: host.rack for node, host in site.hosts.items() if host.rack}


def say_head(gathered: Gathered) -> None:
    """How many hosts answered, and why the others did not."""
    site, nodes = gathered.site, gathered.nodes
    told = f"{len(gathered.facts)} of {len(nodes)} hosts answered in {gathered.seconds:.1f} s"
    say(f"{site.name}: {told}")
    for word, reasons in (("silent", gathered.silent), ("not whole", gathered.torn)):
        say_reasons(word, reasons, nodes, site)


def say_reasons(word: str, reasons: Mapping[str, str], of: Collection[str], site: Site) -> None:
    """Why something could not be had, once a reason; a reason that names its host counts as the same."""
    alike: dict[str, list[str]] = {}
    for node, why in reasons.items():
        address = site.hosts[node].address if node in site.hosts else node
        bare = why.removeprefix(f"{node}: ")
        bare = bare.replace(node, "…").replace(address, "…") if len(reasons) > 1 else bare
        alike.setdefault(bare, []).append(node)
    for why, nodes in alike.items():
        say(f"  {word:<9} {one_line(why)} · {sum_up(nodes, of, racks_of(site))}")


def one_line(text: str, limit: int = 240) -> str:
    """A text of a host on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def together(things: Mapping[str, Iterable[T]]) -> dict[T, list[str]]:
    """Thing → the nodes that have it, in the order in which things came first."""
    found: dict[T, list[str]] = {}
    for node, own in things.items():
        for each in own:
            found.setdefault(each, []).append(node)
    return found


def some(lines: Iterable[tuple[Hashable, str]], all_: bool) -> Iterator[str]:
    """The lines in their order, but of more than twelve of one sort only eight and how many there are."""
    sorts: dict[Hashable, list[str]] = {}
    for sort, line in lines:
        sorts.setdefault(sort, []).append(line)
    for own in sorts.values():
        cut = len(own) > _MANY and not all_
        yield from own[: _SOME if cut else len(own)]
        if cut:
            yield f"…and {len(own) - _SOME} more of this kind (--all shows them)"


def say_columns(rows: Sequence[tuple[str, str, str]], indent: str = "  ", widest: int = 44) -> None:
    """Three columns: what, value, hosts; a value that is too wide pushes its hosts to the right."""
    widths = [min(widest, max((len(row[place]) for row in rows), default=0)) for place in (0, 1)]
    for first, second, third in rows:
        say(f"{indent}{first.ljust(widths[0])}  {second.ljust(widths[1])}  {third}".rstrip())
