"""A scenario's rows as its story: steps in order, and in each what was sent, run, awaited and asserted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from harness.evidence.reader import Row, row_id
from reports.budget import Budget, body_size
from reports.model import Check, Command, Evidence, Exchange, Log, LogLine, Step, Wait
from reports.text import line, value

_LONGEST = 1200
_STATES = 40
_ROOM = 6000
"""Characters of a host's logs that a report shows with one story; the file of the run has more."""


def steps(rows: Sequence[Row], budget: Budget, began: float, *, long: bool) -> list[Step]:
    """The steps of one scenario; ``began`` is the run's start, ``long`` asks for more of each body."""
    by_number: dict[Any, list[Row]] = {}
    for row in rows:
        if row["kind"] != "verdict":
            by_number.setdefault(row.get("step") or 0, []).append(row)
    told = []
    for number in sorted(by_number, key=lambda n: n if isinstance(n, int) else 0):
        step = _step(number, by_number[number], budget, began, long)
        if number or step.evidence or step.error:
            told.append(step)
    return told


def _step(number: int, rows: list[Row], budget: Budget, began: float, long: bool) -> Step:
    start = next((row for row in rows if row["kind"] == "step" and row.get("phase") == "start"), None)
    end = next((row for row in rows if row["kind"] == "step" and row.get("phase") == "end"), None)
    named = start or end or {}
    return Step(
        number=number,
        title=text(named.get("title")) or _untold(rows),
        ok=bool(end.get("ok")) if end else (None if start else True),
        error=text((end or {}).get("error")),
        seconds=max(0.0, end["t"] - start["t"]) if start and end else None,
        evidence=list(_evidence(_folded(rows), budget, began, long)),
        observations=sum(row["kind"] in ("observation", "names") for row in rows),
    )


def _untold(rows: Iterable[Row]) -> str:
    """The sentence of what stood outside of steps, where it has one."""
    kinds = {row["kind"] for row in rows if row["kind"] in _KINDS}
    return "what the services behind it wrote meanwhile" if kinds == {"log"} else ""


def _folded(rows: Iterable[Row]) -> list[tuple[Row, int]]:
    """Equal exchanges in a row (polling) become the last of them and how many there were."""
    folded: list[tuple[Row, int]] = []
    last: tuple[Any, ...] | None = None
    for row in rows:
        if row["kind"] not in _KINDS or row.get("phase") == "sent":
            continue
        same = (
            ("exchange", row.get("method"), row.get("url"), row.get("status"))
            if row["kind"] == "exchange"
            else None
        )
        if same is not None and same == last and not row.get("error"):
            folded[-1] = (row, folded[-1][1] + 1)
        else:
            folded.append((row, 1))
        last = same
    return folded


def _evidence(
    rows: Iterable[tuple[Row, int]], budget: Budget, began: float, long: bool
) -> Iterable[Evidence]:
    for row, times in rows:
        if budget.row():
            at = max(0.0, row["t"] - began)
            yield _KINDS[row["kind"]](row, times, at, budget, long)


def _exchange(row: Row, times: int, at: float, budget: Budget, long: bool) -> Evidence:
    status = ended(row)
    failed = status is None or status >= 400
    answer = _body(row, "response")
    return Exchange(
        row=row_id(row),
        at=round(at, 3),
        component=text(row.get("component")),
        service=text(row.get("service")),
        method=text(row.get("method")),
        url=text(row.get("url")),
        status=status,
        ms=round(number(row.get("ms")), 1),
        request_id=text(row.get("request_id")),
        error=text(row.get("error")),
        request=budget.body(_body(row, "request"), long=long),
        response=budget.body(answer, long=long or failed),
        response_bytes=body_size(answer),
        times=times,
    )


def _body(row: Row, side: str) -> Any:
    message = row.get(side)
    return message.get("body") if isinstance(message, dict) else None


def _command(row: Row, times: int, at: float, budget: Budget, long: bool) -> Evidence:
    return Command(
        row=row_id(row),
        at=round(at, 3),
        component=text(row.get("component")),
        host=text(row.get("host")),
        command=text(row.get("command")),
        status=ended(row),
        ms=round(number(row.get("ms")), 1),
        stdout=budget.body(row.get("stdout"), long=long),
        stderr=budget.body(row.get("stderr"), long=True),
    )


def _wait(row: Row, times: int, at: float, budget: Budget, long: bool) -> Evidence:
    return Wait(
        row=row_id(row),
        at=round(at, 3),
        what=text(row.get("what")),
        goal=text(row.get("goal")),
        limit=number(row.get("limit")),
        outcome=text(row.get("outcome")),
        transitions=[(line(text(state), 60), number(lasted)) for state, lasted in transitions(row)[:_STATES]],
    )


def transitions(row: Row) -> list[tuple[Any, Any]]:
    """(state, seconds) of a wait, as far as its row has the shape of one."""
    return [
        (pair[0], pair[1])
        for pair in row.get("transitions") or ()
        if isinstance(pair, list) and len(pair) == 2
    ]


def _check(row: Row, times: int, at: float, budget: Budget, long: bool) -> Evidence:
    return Check(
        row=row_id(row),
        at=round(at, 3),
        sentence=text(row.get("sentence")),
        ok=bool(row.get("ok")),
        expected=text(row.get("expected")),
        found=text(row.get("found")),
    )


def _log(row: Row, times: int, at: float, budget: Budget, long: bool) -> Evidence:
    written = [each for each in row.get("lines") or () if isinstance(each, dict)]
    kept = _telling(written)
    return Log(
        row=row_id(row),
        at=round(at, 3),
        component=text(row.get("component")),
        host=text(row.get("host")),
        since=number(row.get("since")),
        until=number(row.get("until")),
        files=[text(path) for path in row.get("files") or ()][:_STATES],
        lines=[
            LogLine(
                at=number(each["at"]) if each.get("at") is not None else None,
                file=text(each.get("file")),
                level=text(each.get("level")),
                text=budget.body(each.get("text"), long=True),
                request=text(each.get("request")),
            )
            for each in kept
        ],
        left_out=int(number(row.get("left_out"))) + len(written) - len(kept),
        errors=int(number(row.get("errors"))),
        why=text(row.get("why")),
    )


def _telling(written: list[Row]) -> list[Row]:
    """The entries of a log that a report has room for: errors and those of the request first, in order."""
    rank = sorted(range(len(written)), key=lambda at: (not _tells(written[at]), -at))
    kept, room = [], _ROOM
    for at in rank:
        room -= len(text(written[at].get("text")))
        if room < 0:
            break
        kept.append(at)
    return [written[at] for at in sorted(kept)]


def _tells(entry: Row) -> bool:
    return bool(entry.get("request")) or entry.get("level") in ("CRITICAL", "FATAL", "ERROR", "TRACE")


_KINDS = {"exchange": _exchange, "command": _command, "wait": _wait, "check": _check, "log": _log}


def text(thing: Any) -> str:
    """A field of a row as text of bounded length; nothing where it is missing."""
    if thing is None:
        return ""
    written = thing if isinstance(thing, str) else value(thing)
    return written if len(written) <= _LONGEST else written[:_LONGEST] + "…"


def ended(row: Row) -> int | None:
    """The status of an exchange or command; None where there was none."""
    status = row.get("status")
    return status if isinstance(status, int) and not isinstance(status, bool) else None


def number(thing: Any) -> float:
    """A field of a row as a number; 0 where it is none."""
    return float(thing) if isinstance(thing, int | float) and not isinstance(thing, bool) else 0.0
