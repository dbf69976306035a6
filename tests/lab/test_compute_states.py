"""The lab's servers pass through the states that a client of a real Essex cloud saw, in that order.

``state-history.json`` was polled every 50 ms: what is shorter may be missing in it. Nova reads the status and
the states of one answer at two moments, so that a poll may show the status of before with the states of now.
"""

import json
from pathlib import Path

import pytest

from harness.lab.compute.machine import KEEP
from harness.lab.compute.states import ANSWERED, SERVERS

State = tuple[str | None, str | None, str | None]
POLL = 0.06
ACTIVE: State = ("ACTIVE", "active", None)
GONE: State = (None, None, None)
CASES: dict[str, tuple[str, State]] = {
    "boot": ("compute.boot", ("BUILD", "building", "scheduling")),
    "novalidhost": ("compute.no_valid_host", ("BUILD", "building", "scheduling")),
    "delete": ("compute.delete", ACTIVE),
    "delete-errored": ("compute.delete_unplaced", ("ERROR", "error", "scheduling")),
    "reboot-soft": ("compute.reboot_soft", ACTIVE),
    "reboot-hard": ("compute.reboot_hard", ACTIVE),
    "pause-demo": ("compute.pause", ACTIVE),
    "unpause-demo": ("compute.unpause", ("PAUSED", "paused", None)),
    "suspend": ("compute.suspend", ACTIVE),
    "resume": ("compute.resume", ("SUSPENDED", "suspended", None)),
    "stop": ("compute.stop", ACTIVE),
    "start": ("compute.start", ("STOPPED", "stopped", None)),
    "changePassword": ("compute.change_password", ACTIVE),
    "rescue": ("compute.rescue", ACTIVE),
    "unrescue": ("compute.unrescue", ("RESCUE", "rescued", None)),
    "createImage": ("compute.snapshot", ACTIVE),
    "rebuild": ("compute.rebuild", ACTIVE),
    "resize": ("compute.resize", ACTIVE),
    "resize2": ("compute.resize", ACTIVE),
    "revert": ("compute.revert_resize", ("VERIFY_RESIZE", "active", "resize_verify")),
}
ELSEWHERE = {"settle", "vol-create", "vol-attach", "vol-detach", "vol-delete"}
"""No machine of servers: a look at a server at rest, and volumes."""


@pytest.fixture(scope="module")
def history(essex_wire: Path) -> dict[str, list[list[object]]]:
    found: dict[str, list[list[object]]] = json.loads((essex_wire / "state-history.json").read_text())
    return found


def recorded(rows: list[list[object]], before: State) -> list[State]:
    """The states that were seen, without those whose status was read a moment before the rest."""
    seen: list[State] = [before]
    for status, *state in rows:
        seen.append(GONE if status == 404 else (state[0], state[1], state[2]))  # type: ignore[arg-type]
    kept = [
        now
        for at, now in enumerate(seen)
        if not (
            0 < at < len(seen) - 1 and now[0] == seen[at - 1][0] and late(now, seen[at - 1], seen[at + 1])
        )
    ]
    return kept[1:] if kept[0] == before else kept


def late(now: State, before: State, after: State) -> bool:
    return now[1:] == after[1:] != before[1:] or now[1] == "deleted"


def passed(machine: str, before: State) -> list[tuple[State, float]]:
    """The states of a machine of the lab, with the seconds that each lasts."""
    rows: list[tuple[State, float]] = []
    for row in SERVERS[machine]:
        told = (row.status, row.vm_state, row.task_state)
        before = tuple(old if new == KEEP else new for new, old in zip(told, before, strict=True))  # type: ignore[assignment]
        rows.append((GONE if row.does == "gone" else before, row.seconds))
    return rows


@pytest.mark.wire
def test_every_history_has_its_machine(history: dict[str, list[list[object]]]) -> None:
    assert set(history) == set(CASES) | ELSEWHERE


@pytest.mark.wire
@pytest.mark.parametrize("case", CASES)
def test_states_follow_one_another_as_recorded(history: dict[str, list[list[object]]], case: str) -> None:
    machine, before = CASES[case]
    mine = passed(machine, before)
    shown = [state for state, _ in mine]
    theirs = recorded(history[case], before)
    rest = iter(shown)
    assert all(state in rest for state in theirs), (theirs, shown)
    assert theirs[-1] == shown[-1]
    quick = ANSWERED if case in ("boot", "novalidhost") else POLL
    unseen = [state for state, seconds in mine[:-1] if state not in theirs and seconds > quick]
    assert unseen == []
