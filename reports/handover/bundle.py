"""What goes with a ticket: the part of the record that belongs to its cause, and nothing that is secret.

``ticket.md``; ``cause.json``: the cause and its stories, as the report tells them; ``events.jsonl``: their
rows and those that they cite; ``architecture.json``: the statements that they look at; ``hosts/``: what the
hosts concerned said of themselves; ``logs/``; ``SHA256SUMS``. Every text passes the redaction once more.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.evidence.folder import RunFolder
from harness.evidence.reader import Row, row_id
from harness.evidence.redaction import Redactor, public_words
from reports.handover import archive
from reports.handover.ticket import Ticket
from reports.record import Record
from reports.stories import text

LARGEST = 8 * 1024 * 1024
"""Bytes of all files together, before they are packed."""
_ROWS, _ROW, _FILE, _HOSTS, _LOGS = 4 * 1024 * 1024, 64 * 1024, 512 * 1024, 6, 6
_CUT = "… [cut: the run's folder has all of it]\n"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}\Z")
_TELLING = {"verdict": 0, "log": 1, "check": 2, "observation": 2, "step": 2, "scenario": 2, "wait": 2}


def write_bundle(target: Path, ticket: Ticket, record: Record, folder: RunFolder, said: str) -> None:
    """Write it as ``FILE.tar.gz`` or into a new folder; ``said`` is the ticket itself."""
    archive.write(target, files(ticket, record, folder, said), at=ticket.report.run.started)


def files(ticket: Ticket, record: Record, folder: RunFolder, said: str) -> dict[str, bytes]:
    """Path → content; the same run gives the same."""
    clean = Redactor(public=public_words(record.table))
    found = {
        "ticket.md": _text(clean, said),
        "cause.json": _cause(clean, ticket),
        "architecture.json": _architecture(clean, ticket, record),
        "events.jsonl": _events(clean, ticket, record),
    }
    left = LARGEST - sum(map(len, found.values()))
    for name, data in _kept(clean, ticket, record, folder):
        left -= len(data)
        if left < 0:
            break
        found[name] = data
    return found


def _text(clean: Redactor, words: str, most: int = _FILE) -> bytes:
    data = clean.text(words).encode("utf-8", "backslashreplace")
    return data if len(data) <= most else data[:most].rpartition(b"\n")[0] + b"\n" + _CUT.encode()


def _json(clean: Redactor, thing: object) -> bytes:
    whole = json.loads(clean.row({"it": thing}))["it"]
    return json.dumps(whole, indent=1, ensure_ascii=True).encode() + b"\n"


def _cause(clean: Redactor, ticket: Ticket) -> bytes:
    keys, report = set(ticket.cause.scenarios), ticket.report
    told = [each.model_dump(mode="json", fallback=str) for each in report.scenarios if each.key in keys]
    facts: dict[str, object] = {
        "run": report.run.id,
        "version": report.run.version,
        "verdict": report.verdict,
        "banner": report.banner,
    }
    facts |= {"owner": ticket.owner, "area": ticket.area, "hosts": list(ticket.hosts)}
    data = _json(
        clean, {**facts, "cause": ticket.cause.model_dump(mode="json", fallback=str), "scenarios": told}
    )
    if len(data) <= _ROWS // 2:
        return data
    brief = [{**each, "steps": f"{len(each['steps'])}, in events.jsonl"} for each in told[:50]]
    return _json(clean, {**facts, "cause": {"title": ticket.cause.title}, "scenarios": brief})


def _architecture(clean: Redactor, ticket: Ticket, record: Record) -> bytes:
    keys = set(ticket.cause.scenarios)
    paths = {each.path for each in ticket.cause.deviations}
    rows = [
        clause.model_dump(mode="json", fallback=str)
        for clause in ticket.report.clauses
        if clause.scenario in keys or clause.path in paths
    ]
    table = {
        "name": record.table.name,
        "release": record.table.release,
        "fingerprint": record.table.fingerprint,
    }
    return _json(clean, {**table, "clauses": rows[:1000]})


def _events(clean: Redactor, ticket: Ticket, record: Record) -> bytes:
    """The rows in the record's order; where they are too many, verdicts, steps and logs before the rest."""
    keys = set(ticket.cause.scenarios)
    mine = [row for row in record.rows if row.get("scenario") in keys]
    cited = {text(cite) for row in mine for cite in row.get("cites") or ()} | set(ticket.cause.cites)
    ids = {row_id(row) for row in mine}
    mine += record.cited(sorted(cited - ids))
    blocked = set(ticket.cause.blocked)
    mine += [row for row in record.rows if row["kind"] == "verdict" and row.get("scenario") in blocked]
    rows = [(n, _row(clean, row).encode("utf-8", "backslashreplace")) for n, row in enumerate(mine)]
    order = sorted(rows, key=lambda pair: (_rank(mine[pair[0]], cited), pair[0]))
    room, kept = _ROWS, []
    for n, data in order:
        room -= len(data) + 1
        if room < 0:
            break
        kept.append((n, data))
    return b"".join(data + b"\n" for _, data in sorted(kept))


def _rank(row: Row, cited: set[str]) -> int:
    return 0 if row_id(row) in cited else _TELLING.get(row["kind"], 3)


def _row(clean: Redactor, row: Row) -> str:
    written = clean.row(row)
    if len(written) <= _ROW:
        return written
    return clean.row(_shortened(row, _ROW // 16))


def _shortened(thing: object, most: int) -> Mapping[str, object]:
    def short(each: object) -> object:
        if isinstance(each, str):
            return each if len(each) <= most else each[:most] + "…"
        if isinstance(each, dict):
            return {str(name): short(value) for name, value in list(each.items())[:50]}
        return [short(value) for value in each[:50]] if isinstance(each, list) else each

    shortened = short(thing)
    return shortened if isinstance(shortened, dict) else {}


def _kept(clean: Redactor, ticket: Ticket, record: Record, folder: RunFolder) -> Iterable[tuple[str, bytes]]:
    """Files of the run's folder, under plain names, read only where they really lie in it."""
    for host in ticket.hosts[:_HOSTS]:
        for ending in (".json", ".txt"):
            if _NAME.match(host):
                yield from _file(clean, folder, f"hosts/{host}{ending}")
    keys = set(ticket.cause.scenarios)
    rows = [row for row in record.rows if row["kind"] == "log" and row.get("scenario") in keys]
    names = dict.fromkeys([ticket.cause.log_file, *(text(row.get("kept")) for row in rows)])
    for name in list(filter(_in_logs, names))[:_LOGS]:
        yield from _file(clean, folder, name)


def _in_logs(name: str) -> bool:
    place, _, last = name.partition("/")
    return place == "logs" and _NAME.match(last) is not None


def _file(clean: Redactor, folder: RunFolder, name: str) -> Iterable[tuple[str, bytes]]:
    data = _bytes(folder.path / name)
    if data is None:
        return
    words = data.decode("utf-8", "replace")
    try:
        yield name, _json(clean, json.loads(words)) if name.endswith(".json") else _text(clean, words)
    except (ValueError, RecursionError):
        yield name, _text(clean, words)


def _bytes(path: Path) -> bytes | None:
    """A regular file's bytes up to a bound; None for a link, a pipe, or nothing."""
    try:
        if path.parent.is_symlink():
            return None
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(file, "rb") as opened:
        return opened.read(_FILE) if stat.S_ISREG(os.fstat(file).st_mode) else None
