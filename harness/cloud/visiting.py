"""The one round of visits of a run: in the background of its main process, while stories begin."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from harness.evidence import Recorder, RunFolder
from harness.fleet.questions import questions
from harness.hosts.facts.questions import Questions
from harness.hosts.facts.secrets import Secrets
from harness.hosts.opening import Opened
from harness.hosts.visiting import Visit, visit
from harness.site import Site


class Round:
    """Visits every described node that the site gives an address for, or ``only`` some; ``end`` waits for it.

    The key under which secrets of hosts are compared lives and dies in here.
    """

    def __init__(
        self, site: Site, folder: RunFolder, recorder: Recorder, only: Collection[str] | None = None
    ) -> None:
        self._site, self._folder, self._record = site, folder.hosts, recorder
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._nodes = Opened(site, recorder)
        self._only = site.arch.model.nodes if only is None else only
        self._thread = threading.Thread(target=self._visit, name="visits", daemon=True)
        self._thread.start()

    def end(self, limit: float = 5.0) -> None:
        """Wait a moment for visits that are not over, then cut them short."""
        self._thread.join(limit)
        self._nodes.close()
        self._record.close()

    def _visit(self) -> None:
        model = self._site.arch.model
        asked = {node: questions(node, model) for node in model.nodes if node in self._only}
        try:
            visit(self._nodes, asked, Secrets(), self._keep)
        except BaseException as error:
            self._give_up(asked, f"the visits ended early: {error!r}")
            raise

    def _keep(self, visit: Visit, raw: str) -> None:
        if raw:
            _write(self._folder / f"{visit.node}.txt", raw)
        _write(self._folder / f"{visit.node}.json", visit.model_dump_json())

    def _give_up(self, asked: Mapping[str, Questions], why: str) -> None:
        """Nobody waits for what never comes."""
        for node in asked:
            self._keep(Visit(node=node, torn=why), "")


def _write(path: Path, text: str) -> None:
    """A whole file, or the one before."""
    part = path.with_name(f".{path.name}.{threading.get_ident()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    part.replace(path)


def read_visits(folder: Path) -> dict[str, Visit]:
    """What the round of a run left in its ``hosts``, by node; what cannot be read says so."""
    found = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            found[path.stem] = Visit.model_validate_json(path.read_bytes())
        except (ValidationError, OSError) as error:
            found[path.stem] = Visit(node=path.stem, torn=f"it cannot be read: {type(error).__name__}")
    return found
