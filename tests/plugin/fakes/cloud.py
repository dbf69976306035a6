"""A conftest: the six-node cloud without a cloud, and a session that does only what a story asks for."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from harness.arch import load
from harness.errors import CloudError
from harness.evidence import read_record


class FakeCloud:
    def __init__(self, run: Any) -> None:
        self.run = run
        self.nodes: dict[str, object] = {}

    def exchange(self, component: str) -> str:
        row: str = self.run.recorder.write(
            "exchange", component=component, service="", method="GET", url="/", status=200, ms=1.0, error=None
        )
        return row

    def refuse(self, component: str) -> None:
        row = self.exchange(component)
        raise CloudError(f"{component} answered 503", component=component, cites=(row,))

    def company(self, count: int) -> None:
        """Wait, if in a worker, until so many workers tell stories."""
        end = time.monotonic() + 20
        while self.run.recorder.worker != "main" and time.monotonic() < end:
            rows = read_record(self.run.folder.events)
            if len({row["worker"] for row in rows} - {"main"}) >= count:
                break
            time.sleep(0.05)

    def observe(self, clause: str, value: object, resource: str | None = None) -> None:
        row = self.exchange("nova")
        self.run.recorder.write("observation", clause=clause, observed=value, cites=[row], resource=resource)


class FakeSession:
    def __init__(self, run: Any) -> None:
        self.run = run

    def cloud(self, key: str, subject: str | None) -> FakeCloud:
        return FakeCloud(self.run)

    def close(self) -> None:
        with Path("closed").open("a") as file:
            file.write("closed\n")


class FakeAccounts:
    @property
    def missing(self) -> dict[str, str]:
        path = Path("missing.json")
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def wire(self) -> dict[str, object]:
        return {"user": {"username": "deployday-1", "password": "in-memory-only"}}

    def release(self) -> None:
        with Path("released").open("a") as file:
            file.write("released\n")


def pytest_deployday_site(config: object) -> SimpleNamespace:
    arch = load("essex/six-node")
    hosts = {} if Path("no-hosts").exists() else dict.fromkeys(arch.model.nodes, "127.0.0.1")
    waivers = Path("waivers.yaml").resolve() if Path("waivers.yaml").exists() else None
    file = SimpleNamespace(waivers=waivers, guests=SimpleNamespace(via="jump"))
    return SimpleNamespace(
        name="fake", arch=arch, hosts=hosts, file=file, absent=(), to_json=lambda: {"name": "fake"}
    )


def pytest_deployday_accounts(config: object, run: object) -> FakeAccounts:
    return FakeAccounts()


class FakeVisits:
    """Nobody is visited."""

    def end(self) -> None:
        pass


def pytest_deployday_visits(config: object, run: object) -> FakeVisits:
    return FakeVisits()


def pytest_deployday_session(config: object, run: object, accounts: dict[str, Any]) -> FakeSession:
    assert accounts["user"]["password"] == "in-memory-only"
    return FakeSession(run)
