"""A lab that is uneven on purpose: how late, by which seed, and even again afterwards."""

from __future__ import annotations

import asyncio
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from harness.arch import load
from harness.lab.building import build_world
from harness.lab.compute.machine import Engine, Row
from harness.lab.jitter import LONGEST, Jitter, Late, Unsteady, jitter
from harness.lab.objects.late import factory


def test_the_same_seed_draws_the_same_delays() -> None:
    one, other = Jitter(), Jitter()
    one.begin(0.3, 7)
    other.begin(0.3, 7)
    draws = [one.draw() for _ in range(50)]
    assert draws == [other.draw() for _ in range(50)]
    assert all(0 <= draw <= 0.3 for draw in draws)
    assert len(set(draws)) == 50
    other.begin(0.3, 8)
    assert other.draw() != draws[0]


def test_without_jitter_nothing_is_drawn() -> None:
    assert Jitter().draw() == 0


def test_a_jitter_of_hours_is_none() -> None:
    jitter = Jitter()
    jitter.begin(7200.0, 1)
    assert jitter.most == LONGEST


def test_an_answer_is_late_and_whole() -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})

    async def send(message: Any) -> None:
        sent.append(message)

    uneven = Jitter()
    uneven.begin(0.2, 3)
    expected, begun = Jitter(), time.monotonic()
    expected.begin(0.2, 3)
    asyncio.run(Late(app, uneven)({"type": "http"}, app, send))  # type: ignore[arg-type]
    assert time.monotonic() - begun >= expected.draw() - 0.01
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


class Thing:
    """What a machine drives."""

    status, vm_state, task_state, run = "", "", None, None


def test_a_state_lasts_longer() -> None:
    arch = load("essex/six-node")
    world = build_world(arch, dict.fromkeys(arch.model.nodes, "127.0.0.1"), admin_password="x")
    world.machines["x"] = (Row("a", seconds=1.0), Row("b"))
    engine, even, late = Engine(world, {}), Thing(), Thing()
    engine.begin(even, "x")
    jitter(world).begin(0.3, 1)
    before = world.clock.time()
    engine.begin(late, "x")
    assert even.run is not None
    assert late.run is not None
    lasts = late.run.due - before
    assert 1.0 < lasts < 1.31


def test_the_proxies_get_a_filter_and_lose_it_again() -> None:
    asked: list[str] = []

    def proxy_filter(words: str) -> Any:
        asked.append(words)
        return lambda: asked.remove(words)

    arch = load("essex/six-node")
    world = build_world(arch, dict.fromkeys(arch.model.nodes, "127.0.0.1"), admin_password="x")
    unsteady = Unsteady(world, {"proxy filter": proxy_filter})
    unsteady.on(0.3, 5)
    unsteady.on(0.3, 6)
    assert asked == ["harness.lab.objects.late:factory most=0.3 seed=6"]
    assert unsteady.to_json() == {"milliseconds": 300, "seed": 6}
    unsteady.off()
    assert asked == []
    assert unsteady.to_json() == {"milliseconds": 0, "seed": 0}


def test_the_filter_hands_everything_on(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setitem(sys.modules, "eventlet", SimpleNamespace(sleep=slept.append))  # type: ignore[arg-type]
    app = factory({}, most="0.25", seed="4")(lambda environ, start: [environ["PATH_INFO"].encode()])
    assert app({"PATH_INFO": "/v1"}, lambda *_: None) == [b"/v1"]
    assert len(slept) == 1
    assert 0 <= slept[0] <= 0.25
