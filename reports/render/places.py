"""Which node a scenario or a clause is about: what the page can be narrowed to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.arch.paths import Path, parse
from reports.model import Clause, Command, Log, Report, Scenario

_WORDS = re.compile(r"[^\s,;:/\[\]\"'=]+")


def nodes(clauses: Iterable[Clause]) -> list[str]:
    """The described nodes, in the order of the description."""
    found = (_parts(clause.path) for clause in clauses if clause.area == "nodes")
    return list(dict.fromkeys(parts[1] for parts in found if len(parts) > 1))


def places(report: Report, names: Iterable[str]) -> Mapping[str, str]:
    """By key of a scenario and path of a clause, the places in ``names`` of the nodes that it is about."""
    order = {name: place for place, name in enumerate(names)}
    told = {scenario.key: _words_of(scenario) for scenario in report.scenarios}
    told |= {clause.path: set(_parts(clause.path)) for clause in report.clauses}
    return {
        what: " ".join(str(order[word]) for word in sorted(words & order.keys(), key=order.__getitem__))
        for what, words in told.items()
    }


def _parts(path: str) -> Path:
    try:
        return parse(path)
    except ValueError:
        return ()


def _words_of(scenario: Scenario) -> set[str]:
    """The words of its subject, and the hosts that were asked."""
    hosts = {
        item.host for step in scenario.steps for item in step.evidence if isinstance(item, Command | Log)
    }
    return hosts | set(_WORDS.findall(scenario.subject or ""))
