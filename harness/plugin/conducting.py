"""Begin a run, and end it: folder, lock, accounts, rows. The main process conducts, workers join."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.evidence.folder import RunFolder, create_run, read_json, write_json
from harness.evidence.waiverfile import load_waivers
from harness.lease import Lease, die_with_parent, join
from harness.plugin.holding import hold
from harness.plugin.machine import load, machine
from harness.plugin.referee import Referee
from harness.plugin.seams import Accounts, Visits
from harness.plugin.state import Run, usage
from harness.plugin.timing import pacing, suffices


class Conducting:
    """The main process: nothing is written before the plan stands, accounts go back after the clean-up."""

    def __init__(self, run: Run, referee: Referee) -> None:
        self.run = run
        self.referee = referee
        self.accounts: Accounts | None = None
        self.lease: Lease | None = None
        self.visits: Visits | None = None

    def prepare(self, session: pytest.Session) -> None:
        """With workers, plan and begin before they start: pytest-xdist does not collect here by itself."""
        session.perform_collect()
        self._begin(session)
        session.items = []
        _same_root(session.config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Begin where stories are told here; stop where the suite could not be read."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")
        if self.run.role == "serial":
            self._begin(session)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Give everything back, whatever happened."""
        if not self.run.began:
            return
        self.referee.end()
        if self.visits is not None:
            self.visits.end()
        hold(self.run)
        try:
            if self.accounts is not None:
                self.accounts.release()
        finally:
            self.run.recorder.write("run", phase="end", exit=int(exitstatus), load=load())
            self.run.close()
            if self.lease is not None:
                self.lease.release()

    def _begin(self, session: pytest.Session) -> None:
        plan = self.run.plan
        if self.run.began or session.testsfailed or not plan.scenarios or session.config.option.collectonly:
            return
        try:
            given = self.run.options.run_dir
            suffices(self.run, RunFolder(given) if given else None, time.time())
            self.run.open(self._folder(), "main")
            self._store()
            self.lease = join(self.run.folder.lock)
            self.run.recorder.write("run", phase="start", id=self.run.folder.id, scope=plan.scope)
            if self.run.folder.waited.exists():
                self.run.recorder.write("run", phase="waited", **read_json(self.run.folder.waited))
            self._lease_accounts()
            self.visits = self.run.config.hook.pytest_deployday_visits(config=self.run.config, run=self.run)
            self.referee.pace(pacing(self.run, time.time()))
        except UsageError as error:
            raise usage(error) from None
        self.referee.begin(session.items)

    def _folder(self) -> RunFolder:
        given = self.run.options.run_dir
        if given is None:
            return create_run(self.run.site.name)
        given.mkdir(mode=0o700, parents=True, exist_ok=True)
        return RunFolder(given.resolve())

    def _store(self) -> None:
        run, folder = self.run, self.run.folder
        waivers = self._waivers()
        write_json(folder.run, _facts(run))
        write_json(folder.architecture, run.site.arch.table.to_json())
        write_json(folder.plan, run.plan.to_json())
        if waivers is not None:
            shutil.copyfile(waivers, folder.waivers)

    def _waivers(self) -> Path | None:
        """The site's waivers, if it has any; raises ``UsageError`` where they name what nobody described."""
        path: Path | None = self.run.site.file.waivers
        if path is not None:
            plan = self.run.plan
            keys = [row.key for row in (*plan.scenarios, *plan.deselected, *plan.carried)]
            load_waivers(path, table=self.run.site.arch.table, scenarios=keys, now=time.time())
        return path

    def _lease_accounts(self) -> None:
        run = self.run
        self.accounts = run.config.hook.pytest_deployday_accounts(config=run.config, run=run)
        if self.accounts is not None:
            self._fit_plan()
            run.accounts, run.missing = self.accounts.wire(), self.accounts.missing
        run.recorder.write("run", phase="accounts", missing=dict(run.missing))

    def _fit_plan(self) -> None:
        """What the accounts may do decides who tells which story, and what is out of reach."""
        run = self.run
        plan = run.config.hook.pytest_deployday_plan(config=run.config, run=run, accounts=self.accounts)
        if plan is not None and plan != run.plan:
            run.plan = plan
            write_json(run.folder.plan, plan.to_json())


class Working:
    """A worker: it belongs to the run of the main process and dies with it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        told: dict[str, Any] = getattr(run.config, "workerinput", {}).get("deployday", {})
        if not told:
            return
        die_with_parent(told["parent"])
        folder = RunFolder(Path(told["folder"]))
        self.lease = join(folder.lock)
        run.open(folder, run.config.workerinput["workerid"])  # type: ignore[attr-defined]
        run.accounts, run.missing = told["accounts"], told["missing"]
        run.stories_until = told["stories_until"]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Close connections; the lock goes with the process."""
        self.run.close()


def _same_root(config: pytest.Config) -> None:
    """Let the workers take the same root for theirs, and with it the same node ids.

    pytest guesses it from arguments that are existing paths, before it knows our options: by now the folder
    of ``--run-dir`` is one of them.
    """
    words = [f"--rootdir={config.rootpath}", *(["-c", str(config.inipath)] if config.inipath else [])]
    os.environ["PYTEST_ADDOPTS"] = shlex.join([*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *words])


def _facts(run: Run) -> dict[str, Any]:
    """``run.json``: what was asked for, of which cloud, from which machine."""
    return {
        "id": run.folder.id,
        "site": run.site.to_json(),
        "arch": run.site.arch.name,
        "fingerprint": run.site.arch.fingerprint,
        "started": time.time(),
        "version": version("deployday"),
        "options": run.options.to_json() | {"workers": run.config.getoption("numprocesses", None) or 1},
        "tags": list(run.options.tags),
        "machine": machine(),
    }
