"""A ticket as Markdown: what a cloud said is in it as text, never as markup, a link or a mention."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from reports.handover.ticket import Ticket, blocks
from reports.model import Deviation, Exchange
from reports.render.markdown import code, prose
from reports.text import line, plain, value

_DEVIATIONS, _KEYS, _SYMPTOM = 20, 12, 30


def to_markdown(ticket: Ticket) -> str:
    """The whole ticket; at most some 30 kB, whatever the record holds."""
    parts = [_head(ticket), _facts(ticket), *_symptom(ticket), *_deviations(ticket), *_requests(ticket)]
    parts += [*_logs(ticket), *_held(ticket), *_next(ticket)]
    return "\n\n".join(parts) + "\n"


def _head(ticket: Ticket) -> str:
    cause = ticket.cause
    part = f"{prose(cause.component, 40)}: " if cause.component else ""
    return f"# {part}{prose(cause.title, 160)}"


def _facts(ticket: Ticket) -> str:
    report, run = ticket.report, ticket.report.run
    rows = [
        ("site", code(run.site, 80) + (" (a lab, no real cloud)" if run.lab else "")),
        ("architecture", f"{code(run.architecture, 80)}, {prose(run.release, 40)}"),
        (
            "run",
            f"{code(run.id, 120)}, {prose(report.verdict)}, cause {ticket.number} of {len(report.causes)}",
        ),
        ("seen", _clock(ticket.began if ticket.began is not None else run.started)),
        ("first seen", _since(ticket)),
        ("kind", prose(ticket.cause.kind)),
        ("area", prose(ticket.area, 60)),
        ("owner", code(ticket.owner, 120) or "nobody is named: `owners` of the site says who"),
        ("hosts", code(ticket.where, 300)),
        ("scenarios", _few(ticket.cause.scenarios)),
    ]
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {said} |" for name, said in rows if said)])


def _since(ticket: Ticket) -> str:
    found = ticket.since
    if found is None:
        return ""
    said = f"{_clock(found.started)}, run {code(found.run, 120)}"
    said += f", {found.runs} runs in a row" if found.runs > 1 else ""
    if found.passed:
        return f"{said}; passed last {_clock(found.passed_at)}, run {code(found.passed, 120)}"
    return f"{said}; no run is kept in which it passed"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _KEYS} more" if len(names) > _KEYS else ""
    return ", ".join(code(name, 120) for name in names[:_KEYS]) + more


def _symptom(ticket: Ticket) -> Iterable[str]:
    if ticket.cause.symptom:
        rows = plain(ticket.cause.symptom).split("\n")[:_SYMPTOM]
        yield f"## Symptom\n\n{fenced(line(row, 400) for row in rows)}"


def _deviations(ticket: Ticket) -> Iterable[str]:
    found = ticket.cause.deviations
    if not found:
        return
    head = ["| statement | described | observed | level | described in |", "| --- | --- | --- | --- | --- |"]
    rows = [_deviation(ticket, each) for each in found[:_DEVIATIONS]]
    more = f"\n\nand {len(found) - _DEVIATIONS} more, in the report" if len(found) > _DEVIATIONS else ""
    yield "## Described and observed\n\n" + "\n".join([*head, *rows]) + more


def _deviation(ticket: Ticket, each: Deviation) -> str:
    clause = ticket.clauses.get(each.path)
    described = "nothing" if each.undescribed else code(value(each.described), 160)
    observed = "absent" if each.observed is None else code(value(each.observed), 160)
    origin = code(clause.origin, 120) if clause else ""
    return f"| {code(each.path, 160)} | {described} | {observed} | {each.level} | {origin} |"


def _requests(ticket: Ticket) -> Iterable[str]:
    if ticket.requests:
        head = ["| request id | request | answer | after |", "| --- | --- | --- | ---: |"]
        yield "## Requests\n\n" + "\n".join([*head, *map(_request, ticket.requests)])
    elif ticket.cause.request_id:
        yield f"## Requests\n\n{code(ticket.cause.request_id, 120)}"


def _request(each: Exchange) -> str:
    answer = str(each.status) if each.status is not None else f"none: {prose(each.error, 160)}"
    asked = code(f"{each.method} {each.url}", 300)
    return f"| {code(each.request_id, 120) or '-'} | {asked} | {answer} | {each.ms:.0f} ms |"


def _logs(ticket: Ticket) -> Iterable[str]:
    if ticket.logs:
        rows, before = [], ""
        for where, entry in ticket.logs:
            rows += [f"-- {line(where, 200)}"] if where != before else []
            rows += [line(each, 400) for each in plain(entry[:4000]).split("\n")[:12]]
            before = where
    else:
        rows = [line(each, 400) for each in ticket.cause.logs]
    if rows:
        kept = f"\n\nAll of it: {code(ticket.cause.log_file, 160)}" if ticket.cause.log_file else ""
        yield f"## Logs\n\n{fenced(rows[:120])}{kept}"


def _held(ticket: Ticket) -> Iterable[str]:
    if ticket.cause.blocked:
        yield f"## Blocked\n\n{blocks(ticket.cause)}: {_few(ticket.cause.blocked)}"


def _next(ticket: Ticket) -> Iterable[str]:
    if ticket.cause.next:
        yield f"## Next\n\n{fenced((line(each, 600) for each in ticket.cause.next), 'sh')}"
    if ticket.again:
        yield f"When it is repaired:\n\n{fenced([line(ticket.again, 600)], 'sh')}"


def fenced(rows: Iterable[str], kind: str = "") -> str:
    """Lines as a block of code that nothing in them can end."""
    text = "\n".join(rows)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"


def _clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(min(max(moment, 0), 1e11)))
