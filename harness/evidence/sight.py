"""What a record says was seen: observations and names, each held against its clause, or why it is void."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.arch.clauses import Clause, ClauseTable
from harness.arch.comparators import comparator
from harness.arch.paths import Path, parse
from harness.evidence.reader import Row, row_id
from harness.evidence.redaction import MARK
from harness.evidence.verdicts import State

_SAID_BY_US = frozenset(
    {"run", "scenario", "step", "share", "observation", "names", "unseen", "verdict", "ring"}
)


@dataclass(frozen=True)
class Sight:
    """One fact about one clause.

    ``state`` is verified, deviates or unknown; a void one is no evidence at all.
    """

    path: Path
    state: State
    observed: Any
    cites: tuple[str, ...]
    scenario: str | None
    reason: str = ""
    void: bool = False


@dataclass(frozen=True)
class Stranger:
    """A name that a closed collection does not describe."""

    path: Path
    collection: Path
    cites: tuple[str, ...]
    scenario: str | None


def judge_clause(clause: Clause, observed: Any) -> State:
    """Hold an observed value against a described one: ``verified`` or ``deviates``; a doubt deviates."""
    return "verified" if comparator(clause.comparator).holds(clause.value, observed) else "deviates"


def evidence_rows(rows: Iterable[Row]) -> frozenset[str]:
    """Ids of the rows that an observation can rest on: what came from the cloud, not what was concluded."""
    return frozenset(row_id(row) for row in rows if row["kind"] not in _SAID_BY_US)


def sights(
    table: ClauseTable, rows: Sequence[Row], ledger_ids: Collection[str], evidence: frozenset[str] | None
) -> tuple[list[Sight], list[Stranger]]:
    """Every fact of the record, in its order, and every name that was not described.

    ``evidence`` are the ids of rows that may be cited; ``None`` leaves that unchecked (a part of a record).
    """
    seen: list[Sight] = []
    strangers: list[Stranger] = []
    for row in rows:
        if (
            row["kind"] == "observation"
            and (clause := table.clauses.get(_path(row, "clause") or ())) is not None
        ):
            seen.append(_observation(clause, row, ledger_ids, evidence))
        elif row["kind"] == "unseen" and (path := _path(row, "clause")) in table.clauses:
            reason = str(row.get("reason") or "this access cannot see it")
            state: State = "unknown" if row.get("unknown") else "out_of_reach"
            seen.append(Sight(path or (), state, None, (), row.get("scenario"), reason))
        elif row["kind"] == "names" and (path := _path(row, "collection")) is not None:
            doubt = _doubt(row, evidence)
            names = {str(name) for name in _list(row.get("names"))}
            seen += _missing(table, path, names, row, doubt)
            if table.collections.get(path) and not doubt:
                strangers += _strangers(table, path, names, row)
    return seen, strangers


def looked(rows: Iterable[Row]) -> frozenset[Path]:
    """The collections whose names somebody saw."""
    found = (_path(row, "collection") for row in rows if row["kind"] == "names" and _cites(row))
    return frozenset(path for path in found if path is not None)


def _observation(
    clause: Clause, row: Row, ledger_ids: Collection[str], evidence: frozenset[str] | None
) -> Sight:
    observed = row.get("observed")
    doubt = _doubt(row, evidence) or _masked(clause, observed)
    state: State = "unknown" if doubt else judge_clause(clause, observed)
    own = str(row["resource"]) in ledger_ids if row.get("resource") is not None else False
    reason = "only something that this run created was seen" if own and not clause.measured else doubt
    return Sight(
        clause.path, state, observed, _cites(row), row.get("scenario"), reason, own and not clause.measured
    )


def _missing(table: ClauseTable, path: Path, names: set[str], row: Row, doubt: str) -> Iterator[Sight]:
    """What is described and was not among the names: each of its leaves deviates."""
    for clause in table.below(path):
        if len(clause.path) > len(path) and clause.path[len(path)] not in names:
            state: State = "unknown" if doubt else "deviates"
            yield Sight(clause.path, state, None, _cites(row), row.get("scenario"), doubt or "absent")


def _strangers(table: ClauseTable, path: Path, names: set[str], row: Row) -> Iterator[Stranger]:
    described = {clause.path[len(path)] for clause in table.below(path) if len(clause.path) > len(path)}
    for name in sorted(names - described):
        yield Stranger((*path, name), path, _cites(row), row.get("scenario"))


def _doubt(row: Row, evidence: frozenset[str] | None) -> str:
    cites = _cites(row)
    if not cites:
        return "the observation cites no evidence"
    lost = [cite for cite in cites if evidence is not None and cite not in evidence]
    return (
        f"the observation cites {', '.join(lost)}, which this record does not hold as evidence"
        if lost
        else ""
    )


def _masked(clause: Clause, observed: Any) -> str:
    hidden = MARK in str(observed) and MARK not in str(clause.value)
    return "what was observed holds a secret and was redacted" if hidden else ""


def _path(row: Mapping[str, Any], name: str) -> Path | None:
    try:
        return parse(str(row.get(name)))
    except ValueError:
        return None


def _cites(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(cite) for cite in _list(row.get("cites")))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
