"""The index over a folder of runs: one SQLite file beside them, made anew whenever it is not as it should be.

Two locks keep it whole. SQLite's own (write-ahead log where the file system can do it) order writers, who
write whole runs in one transaction; ``history.lock``, held shared while the file is open, lets nobody put
another file in its place meanwhile: a log of the old one would be replayed into the new one.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.folder import RunFolder, runs
from reports.history import sheets
from reports.history.entry import Entry, Facts, read_entry
from reports.history.series import Series, Steps

VERSION = 2
"""Rises with every change of the tables, of the sheets, or of what is taken from a report."""

_APPLICATION = 0x44446179
_BATCH = 32
_PATIENCE = 30.0
_POLL = 0.02
_SMALL = 20_000_000
_TABLES = """
CREATE TABLE words (n INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE TABLE runs (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, site TEXT NOT NULL,
    architecture TEXT NOT NULL, started REAL NOT NULL, facts TEXT NOT NULL);
CREATE INDEX series ON runs (site, architecture, started, id);
CREATE TABLE sheets (run INTEGER PRIMARY KEY, results BLOB NOT NULL, steps BLOB NOT NULL);
"""

_INSERT = "INSERT INTO runs (id, stamp, site, architecture, started, facts) VALUES (?, ?, ?, ?, ?, ?)"

Alive = Callable[[RunFolder], bool]
Progress = Callable[[int, int], None]


class Spoilt(Exception):  # noqa: N818 - a state, not a mistake
    """The file is not what we wrote: it is thrown away and made anew."""


@dataclass(frozen=True)
class Found:
    """A series and how many runs it has."""

    site: str
    architecture: str
    runs: int
    newest: float


class Index:
    """An open index. ``home`` is the folder of runs, ``file`` an SQLite file or ``:memory:``."""

    def __init__(self, home: Path, file: str) -> None:
        self.home = home
        self.running: list[RunFolder] = []
        self._db = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _prepare(self) -> None:
        self._log_ahead()
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self._writing():
            known = (self._number("application_id"), self._number("user_version"))
            if known == (0, 0) and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
                self._db.execute(f"PRAGMA user_version = {VERSION}")
            elif known != (_APPLICATION, VERSION):
                raise Spoilt("of another version")

    def _log_ahead(self) -> None:
        """Readers need not wait for writers then; a file system that cannot do it keeps SQLite's own way.

        While another process changes to it SQLite refuses at once: its patience does not cover this.
        """
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL").fetchone()
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                    raise
            time.sleep(_POLL)

    def _number(self, pragma: str) -> int:
        return int(self._db.execute(f"PRAGMA {pragma}").fetchone()[0])

    def _writing(self) -> _Transaction:
        return _Transaction(self._db)

    def refresh(
        self, alive: Alive = lambda folder: False, progress: Progress = lambda done, of: None
    ) -> None:
        """Take in what is new or was judged again since, and let go what is no longer there.

        ``alive`` says of a run without a report whether it still goes: such a one comes into ``running``.
        What another process takes in meanwhile stays.
        """
        known = dict(self._db.execute("SELECT id, stamp FROM runs"))
        folders = runs(self.home)
        gone = known.keys() - {folder.id for folder in folders}
        if gone:
            self._forget(gone)
        stamps = {folder.id: _stamp(folder) for folder in folders}
        new = [folder for folder in folders if known.get(folder.id) != stamps[folder.id]]
        self.running = [folder for folder in new if not folder.report_json.exists() and alive(folder)]
        living = {folder.id for folder in self.running}
        todo = [folder for folder in new if folder.id not in living]
        for start in range(0, len(todo), _BATCH):
            batch = todo[start : start + _BATCH]
            self._take([(read_entry(folder), stamps[folder.id]) for folder in batch if folder.path.is_dir()])
            progress(start + len(batch), len(todo))

    def _forget(self, ids: Iterable[str]) -> None:
        with self._writing():
            for name in ids:
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._db.execute("DELETE FROM sheets WHERE run IN (SELECT n FROM runs WHERE id = ?)", (name,))
        self._db.execute("DELETE FROM runs WHERE id = ?", (name,))

    def _take(self, entries: Sequence[tuple[Entry, str]]) -> None:
        with self._writing():
            number = self._numbers({word for entry, _ in entries for word in sheets.words(entry)})
            for entry, stamp in entries:
                facts = entry.facts
                self._drop(facts.id)
                row = (facts.id, stamp, facts.site, facts.architecture, facts.started, _packed(facts))
                made = self._db.execute(_INSERT, row)
                sheet = (made.lastrowid, sheets.results(entry, number), sheets.steps(entry, number))
                self._db.execute("INSERT INTO sheets VALUES (?, ?, ?)", sheet)

    def _numbers(self, wanted: Iterable[str]) -> Mapping[str, int]:
        """The numbers of words; those that are new get one. Inside of a transaction."""
        known: dict[str, int] = dict(self._db.execute("SELECT word, n FROM words"))
        new = sorted(set(wanted) - known.keys() - {""})
        self._db.executemany("INSERT INTO words (word) VALUES (?)", [(word,) for word in new])
        if new:
            known = dict(self._db.execute("SELECT word, n FROM words"))
        return known

    def all_series(self) -> list[Found]:
        """Every series, the one with the newest run first."""
        rows = self._db.execute(
            "SELECT site, architecture, count(*), max(started) FROM runs GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2"
        )
        return [Found(*row) for row in rows]

    def facts(self, site: str | None = None, architecture: str | None = None, last: int = 0) -> list[Facts]:
        """Runs, newest first, all series or some."""
        where, values = _where(site, architecture)
        rows = self._db.execute(
            f"SELECT facts FROM runs {where} ORDER BY started DESC, id DESC LIMIT ?",  # noqa: S608 - our words
            (*values, last or -1),
        )
        return [_unpacked(row) for (row,) in rows]

    def series(self, site: str, architecture: str, last: int = 0) -> Series:
        """Runs of a series with all their results; ``last`` of them, where it is not 0."""
        told = list(self._sheets("results", site, architecture, last))
        rows, place = _joined([blob for _, blob in told], sheets.RESULT)
        names = self._words()
        keys, column = _columns(rows["key"], names)
        shape = (len(told), len(keys))
        verdicts = np.zeros(shape, np.uint8)
        seconds = np.full(shape, np.nan, np.float32)
        versions = np.full(shape, -1, np.int32)
        verdicts[place, column] = rows["verdict"]
        seconds[place, column] = rows["seconds"]
        versions[place, column] = rows["version"]
        contents = {int(n): _name(names, int(n)) for n in np.unique(rows["version"]) if n >= 0}
        return Series([_unpacked(facts) for facts, _ in told], keys, verdicts, seconds, versions, contents)

    def steps(self, site: str, architecture: str, last: int = 0) -> Steps:
        """The steps of a series: which there are, and the seconds of each (rows) in each run (columns)."""
        told = list(self._sheets("steps", site, architecture, last))
        rows, place = _joined([blob for _, blob in told], sheets.STEP)
        names = self._words()
        width = int(rows["title"].max(initial=0)) + 1
        found, column = _dense(rows["key"].astype(np.int64) * width + rows["title"])
        seconds = np.full((len(found), len(told)), np.nan, np.float32)
        seconds[column, place] = rows["seconds"]
        pairs = [(_name(names, pair // width), _name(names, pair % width)) for pair in found.tolist()]
        return Steps(pairs, seconds)

    def _sheets(self, column: str, site: str, architecture: str, last: int) -> Iterator[tuple[str, bytes]]:
        """Facts and one sheet of each run, oldest first."""
        rows: list[tuple[str, bytes]] = self._db.execute(
            f"SELECT facts, {column} FROM runs JOIN sheets ON run = n "  # noqa: S608 - a name of ours
            "WHERE site = ? AND architecture = ? ORDER BY started DESC, id DESC LIMIT ?",
            (site, architecture, last or -1),
        ).fetchall()
        return reversed(rows)

    def _words(self) -> Mapping[int, str]:
        return dict(self._db.execute("SELECT n, word FROM words"))


class _Transaction:
    """All or nothing, and one writer at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._db.in_transaction:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _stamp(folder: RunFolder) -> str:
    """What changes when a run's files do; a run that has not ended has that of its record."""
    report = _changed(folder.report_json) or _changed(folder.events)
    return f"{report} {_changed(folder.run)}"


def _changed(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns}:{found.st_size}"


def _where(site: str | None, architecture: str | None) -> tuple[str, list[str]]:
    given = {"site = ?": site, "architecture = ?": architecture}
    parts = [part for part, value in given.items() if value is not None]
    values = [value for value in given.values() if value is not None]
    return ("WHERE " + " AND ".join(parts) if parts else ""), values


def _packed(facts: Facts) -> str:
    return json.dumps(asdict(facts), separators=(",", ":"))


def _unpacked(text: str) -> Facts:
    try:
        data: dict[str, Any] = json.loads(text)
        return Facts(**{**data, "tags": tuple(data["tags"])})
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Spoilt(str(error)) from None


def _joined(blobs: Sequence[bytes], kind: np.dtype[np.void]) -> tuple[NDArray[np.void], NDArray[np.intp]]:
    try:
        return sheets.joined(blobs, kind)
    except (ValueError, TypeError) as error:
        raise Spoilt(str(error)) from None


def _columns(keys: NDArray[np.int32], names: Mapping[int, str]) -> tuple[list[str], NDArray[np.intp]]:
    """The words that keys are, sorted, and the place of each key among them."""
    found, inverse = _dense(keys.astype(np.int64))
    told = [_name(names, int(n)) for n in found]
    order = sorted(range(len(told)), key=told.__getitem__)
    place = np.empty(len(told), np.intp)
    place[order] = np.arange(len(told))
    return [told[n] for n in order], place[inverse]


def _dense(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Which numbers there are, in order, and the place of each among them; small ones without sorting."""
    if not len(numbers) or numbers.max() > _SMALL or numbers.min() < 0:
        found, inverse = np.unique(numbers, return_inverse=True)
        return found, inverse
    there = np.zeros(int(numbers.max()) + 1, bool)
    there[numbers] = True
    found = np.flatnonzero(there)
    place = np.empty(len(there), np.intp)
    place[found] = np.arange(len(found))
    return found.astype(np.int64), place[numbers]


def _name(names: Mapping[int, str], number: int) -> str:
    try:
        return names[number]
    except KeyError:
        raise Spoilt(f"there is no word {number}") from None
