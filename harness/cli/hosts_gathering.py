"""Facts of a site's hosts, gathered now: all at once, with a count of those that have answered."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import typer

from harness.arch.ranges import expand
from harness.arch.suggest import did_you_mean
from harness.cli.forgetting import Forgetting
from harness.errors import Problem, UsageError
from harness.fleet.snapshot import Snapshot
from harness.hosts.facts.model import Facts
from harness.hosts.facts.questions import Questions
from harness.hosts.facts.secrets import Secrets
from harness.hosts.opening import Opened
from harness.hosts.passwords import prepare
from harness.hosts.visiting import Visit, visit
from harness.site import Site

NodeOption = Annotated[
    list[str],
    typer.Option("--node", metavar="NODE", help="Only this host, or range of hosts; can be repeated."),
]
_TICK = 0.2


@dataclass(frozen=True)
class Gathered:
    """What came of the visits: facts, and why some hosts told none or not all (``torn``)."""

    site: Site
    nodes: tuple[str, ...]
    visits: Mapping[str, Visit]
    taken: float
    seconds: float

    @cached_property
    def facts(self) -> dict[str, Facts]:
        """Node → its facts."""
        return {node: each.facts for node, each in self.visits.items() if each.facts is not None}

    @cached_property
    def silent(self) -> dict[str, str]:
        """Node → why it told nothing."""
        return {
            node: each.refused or each.mute or each.torn or "it told nothing"
            for node, each in self.visits.items()
            if each.facts is None
        }

    @cached_property
    def torn(self) -> dict[str, str]:
        """Node → why its answer is not whole."""
        return {node: self.visits[node].torn for node in self.facts if self.visits[node].torn}

    @property
    def whole(self) -> bool:
        """Whether every host told everything that it was asked."""
        return not self.silent and not self.torn

    def snapshot(self) -> Snapshot:
        """As it can be kept: without seals."""
        found = Snapshot(self.site.name, self.site.arch.name, self.taken, self.facts, self.silent)
        return found.without_seals()


def chosen(site: Site, names: Iterable[str]) -> tuple[str, ...]:
    """The described nodes that were named, all without any; raises ``UsageError``."""
    if not site.hosts:
        raise UsageError("the site names no hosts: `hosts` visits them")
    described = site.arch.model.nodes
    found: dict[str, None] = {}
    for name in names:
        try:
            nodes = expand(name)
        except ValueError as error:
            raise UsageError(Problem("--node", "not a node", expected=str(error), found=name)) from None
        for node in nodes:
            if node not in described:
                hint = did_you_mean(node, described)
                told = f"{site.arch.name} describes no such node"
                raise UsageError(Problem("--node", told, found=node, hint=hint))
            found[node] = None
    return tuple(node for node in described if node in found) if found else tuple(described)


def gather(site: Site, nodes: Iterable[str], asked: Callable[[str], Questions]) -> Gathered:
    """Visit these nodes now. Ctrl-C cuts the visits short.

    Raises ``UsageError`` where the site's password for sudo is not to be had.
    """
    prepare(site.file.ssh)
    questions = {node: asked(node) for node in nodes}
    progress = _Progress(len(questions))
    began, opened = time.time(), Opened(site, Forgetting())
    pool = ThreadPoolExecutor(1)
    try:
        visits = pool.submit(visit, opened, questions, Secrets(), progress.told)
        while not visits.done():
            wait([visits], timeout=_TICK)
            progress.show()
        found = visits.result()
    finally:
        opened.close()
        pool.shutdown(wait=False, cancel_futures=True)
        progress.clear()
    return Gathered(site, tuple(questions), found, began, time.time() - began)


class _Progress:
    """How many hosts have answered, where somebody watches."""

    def __init__(self, size: int) -> None:
        self._size, self._over, self._shown = size, set[str](), False
        self._watched = sys.stderr.isatty()

    def told(self, visit: Visit, raw: str) -> None:
        if visit.over:
            self._over.add(visit.node)

    def show(self) -> None:
        if self._watched:
            sys.stderr.write(f"\r{len(self._over)} of {self._size} hosts have answered")
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
