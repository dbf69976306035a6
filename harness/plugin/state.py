"""What one process of a run knows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from harness.errors import UsageError
from harness.evidence.folder import RunFolder
from harness.evidence.redaction import public_words
from harness.evidence.writer import Recorder
from harness.plan.discover import declared
from harness.plan.planned import Plan, PlannedScenario
from harness.plugin.options import Options
from harness.plugin.seams import Session
from harness.site import Site

Role = Literal["serial", "controller", "worker"]


@dataclass
class Run:
    """One process's part of a run; ``maxfail`` is taken away from pytest so that the clean-up still runs.

    ``plan`` stands after collection; ``folder``, ``recorder``, ``accounts`` and ``missing`` once the run
    began; ``interrupted`` after Ctrl-C. ``stories_until`` (epoch seconds) is where a story is cut,
    so that the clean-up has its time; None: nowhere.
    """

    config: pytest.Config
    options: Options
    site: Site
    role: Role
    maxfail: int
    plan: Plan = field(default_factory=lambda: Plan(()))
    _folder: RunFolder | None = None
    _recorder: Recorder | None = None
    accounts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False
    stories_until: float | None = None
    born: float = field(default_factory=time.time)
    _session: Session | None = None

    def open(self, folder: RunFolder, worker: str) -> None:
        """Write to this folder from now on."""
        public = public_words(self.site.arch.table)
        self._folder, self._recorder = folder, Recorder(folder.events, worker=worker, public=public)

    @property
    def began(self) -> bool:
        """Whether there is a folder yet."""
        return self._folder is not None

    @property
    def folder(self) -> RunFolder:
        """The run's folder; raises ``RuntimeError`` before the run began."""
        if self._folder is None:
            raise RuntimeError("the run has no folder yet")
        return self._folder

    @property
    def recorder(self) -> Recorder:
        """The writer of this process; raises ``RuntimeError`` before the run began."""
        if self._recorder is None:
            raise RuntimeError("the run has no record yet")
        return self._recorder

    def planned(self, nodeid: str) -> PlannedScenario | None:
        """The planned scenario behind an item, or None for an item that is none."""
        return self.plan.by_nodeid.get(nodeid)

    def session(self) -> Session:
        """The session of this process with the cloud, opened at the first story that looks at it."""
        if self._session is None:
            hook = self.config.hook.pytest_deployday_session
            self._session = hook(config=self.config, run=self, accounts=self.accounts)
        if self._session is None:
            raise RuntimeError("nobody opened a session with the cloud")
        return self._session

    @property
    def opened(self) -> Session | None:
        """The session of this process, if a story has looked at the cloud."""
        return self._session

    def close(self) -> None:
        """Close the session and the record; a second time does nothing."""
        session, self._session = self._session, None
        if session is not None:
            session.close()
        if self._recorder is not None:
            self._recorder.close()


RUN = pytest.StashKey[Run]()


def usage(error: UsageError) -> pytest.UsageError:
    """The same error in pytest's terms: shown without a trace-back, exit code 4."""
    return pytest.UsageError(str(error))


def key_of(item: pytest.Item) -> str | None:
    """The key of the scenario behind an item: ``id`` or ``id[subject]``."""
    scenario = declared(getattr(item, "function", None))
    if scenario is None:
        return None
    callspec = getattr(item, "callspec", None)
    subject = callspec.params.get("subject") if callspec else None
    return scenario.id if subject is None else f"{scenario.id}[{subject}]"
