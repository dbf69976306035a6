"""Shared things and servers that stay, told by real workers: nobody meets, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Drive = Callable[..., Any]
SHARING = (Path(__file__).parent / "fakes" / "sharing.py").read_text()


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_take_turns_and_end_as_one_does(drive: Drive, workers: int) -> None:
    alone = drive("--servers", "2", source=SHARING)
    several = drive("-n", str(workers), "--servers", "2", source=SHARING)
    assert alone.facts == several.facts
    assert set(alone.outcomes.values()) == {"completed"}
    for ran in (alone, several):
        spans = told(ran)
        for key, (begin, end) in spans.items():
            for other, (later, _) in spans.items():
                shared = set(ran.plan[key]["holds"]) & set(ran.plan[other]["holds"])
                assert key == other or not shared or not begin <= later < end, (key, other)
        assert stays(spans, ran.plan) <= 2


def test_what_one_server_has_no_room_for_is_told(drive: Drive) -> None:
    ran = drive("--servers", "1", source=SHARING)
    assert ran.keys("out_of_reach") == {"one.pair", "two.pair"}
    assert ran.verdicts["one.pair"]["reason"] == "there is no room for its servers (1 at once)"
    assert len(ran.keys("completed")) == 8


def told(ran: Any) -> dict[str, tuple[float, float]]:
    """When each story began and ended."""
    times: dict[str, list[float]] = {}
    for row in ran.rows:
        if row["kind"] == "scenario":
            times.setdefault(row["scenario"], []).append(row["mono"])
    return {key: (begin, end) for key, (begin, end) in times.items()}


def stays(spans: dict[str, tuple[float, float]], plan: dict[str, Any]) -> int:
    """The most servers that were there at once: each from its story's begin to what it stays until."""
    there = []
    for key, (begin, end) in spans.items():
        until = max((spans[other][1] for other in plan[key]["until"] if other in spans), default=end)
        there.append((begin, until, plan[key]["servers"]))
    return max(sum(count for b, e, count in there if b <= moment < e) for moment, _, _ in there)
