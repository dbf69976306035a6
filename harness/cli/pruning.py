"""Run folders that a bound lets go: what must stay is found out, the rest is removed, each at one stroke."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.evidence.folder import RunFolder, runs
from harness.lease import RunAlive, alone, held
from harness.ledger import Ledger
from reports.history.entry import Facts
from reports.history.opening import ask
from reports.history.retention import Bounds, Choice, Leaving, Stored, choose

_BEGINNING = 3600.0
"""Seconds for which a folder without ``run.json`` may be one of a run that is just starting."""

_LEAVING = ".removing-"


def alive(folder: RunFolder) -> bool:
    """Whether any process belongs to a run now."""
    return held(folder.lock)


def select(home: Path, bounds: Bounds, *, site: str | None = None, architecture: str | None = None) -> Choice:
    """What would go. Ledgers and locks are read of those alone that a bound lets go."""
    known = {run.id: run for run in ask(home, lambda index: index.facts(site, architecture), alive=alive)}
    everything = site is None and architecture is None
    folders = [run for run in runs(home) if everything or run.id in known]
    sizes = {folder.id: _size(folder.path) for folder in folders}
    whys: dict[str, str] = {}
    while True:
        stored = [_stored(folder, known.get(folder.id), sizes, whys) for folder in folders]
        choice = choose(stored, bounds, time.time())
        unseen = [each.run.id for each in choice.going if each.run.id not in whys]
        if not unseen:
            return choice
        whys |= {name: why_it_stays(RunFolder(home / name)) for name in unseen}


def _stored(
    folder: RunFolder, facts: Facts | None, sizes: Mapping[str, int], whys: Mapping[str, str]
) -> Stored:
    why = whys.get(folder.id, "")
    if facts is None:  # it has no report and still goes
        return Stored(folder.id, ("", ""), time.time(), "", sizes[folder.id], why or "it still goes")
    return Stored(folder.id, facts.series, facts.started, facts.verdict, sizes[folder.id], why)


def why_it_stays(folder: RunFolder) -> str:
    """Why a run may not be removed, whatever its age; empty where it may."""
    if alive(folder):
        return "it still goes"
    if not folder.run.exists() and _age(folder.path) < _BEGINNING:
        return "it may just be starting"
    left = len(Ledger(folder.ledger).open_entries())
    return f"{left} of its things are left: deployday clean {folder.id}" if left else ""


def remove(home: Path, choice: Choice) -> Choice:
    """Remove what is going; what came to life meanwhile, or cannot be removed, is held instead."""
    going, kept = [], list(choice.held)
    for each in choice.going:
        why = _remove(RunFolder(home / each.run.id))
        if why:
            kept.append(Leaving(each.run, why))
        else:
            going.append(each)
    for path in home.glob(f"{_LEAVING}*"):  # of a removal that was killed
        shutil.rmtree(path, ignore_errors=True)
    lost = sum(each.run.size for each in kept) - sum(each.run.size for each in choice.held)
    return Choice(going, kept, choice.left + lost)


def rotate(home: Path, site: str, architecture: str, keep: int) -> Choice:
    """Let a series have its newest runs alone."""
    return remove(home, select(home, Bounds(keep=keep), site=site, architecture=architecture))


def _remove(folder: RunFolder) -> str:
    """Rename it first: nobody ever sees half a run. Empty, or why it stays."""
    try:
        with alone(folder.lock, patience=0):
            left = len(Ledger(folder.ledger).open_entries())
            if left:
                return f"{left} of its things are left: deployday clean {folder.id}"
            leaving = folder.path.with_name(f"{_LEAVING}{folder.id}")
            folder.path.rename(leaving)
            shutil.rmtree(leaving)
    except RunAlive:
        return "it still goes"
    except FileNotFoundError:  # another one removed it
        return ""
    except OSError as error:
        return f"it cannot be removed: {error.strerror}"
    return ""


def _size(path: Path) -> int:
    return sum(_sizes(path))


def _sizes(path: Path) -> Iterator[int]:
    """Bytes of the files below a folder; links are not followed."""
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _sizes(Path(entry.path))
                else:
                    yield entry.stat(follow_symlinks=False).st_size
    except OSError:
        return


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
