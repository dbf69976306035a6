"""Sending a recording again and comparing shape by shape."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from tests.lab.conformance.binding import Binder
from tests.lab.conformance.order import Item, ordered
from tests.lab.conformance.recording import Answer, Exchange, State
from tests.lab.conformance.shapes import Shape, difference, shape
from tests.lab.conformance.tables import EXCLUDED

Send = Callable[[str, str, str, Mapping[str, str], bytes | None], Awaitable[Answer]]
"""``await send(method, host, path, headers, body)``; ``host`` as recorded (``127.0.0.1:9292``)."""
Before = Callable[[Exchange, Binder], None]
"""Called before each exchange: what the recording's author did behind the API's back."""
_WAIT = 10.0
_POLL = 0.01


@dataclass
class Stage:
    """A cloud to replay against."""

    send: Send
    known: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    before: Before | None = None
    histories: dict[str, list[State]] = field(default_factory=dict)
    """Case of a wait → states that another client saw."""


@dataclass(frozen=True)
class Result:
    """One recorded shape as it came out for one exchange."""

    exchange: Exchange
    expected: Shape
    hit: bool
    note: str = ""


@dataclass
class Report:
    """All results of one recording."""

    file: str
    results: list[Result] = field(default_factory=list)

    @property
    def shapes(self) -> dict[Shape, bool]:
        """Distinct recorded shape → whether every exchange of it was answered so."""
        found: dict[Shape, bool] = {}
        for result in self.results:
            found[result.expected] = found.get(result.expected, True) and result.hit
        return found

    @property
    def hits(self) -> int:
        """How many shapes are hits."""
        return sum(self.shapes.values())

    @property
    def total(self) -> int:
        """How many shapes were recorded."""
        return len(self.shapes)

    @property
    def share(self) -> float:
        """Hits over all; 1.0 when nothing was recorded."""
        return self.hits / self.total if self.total else 1.0

    def misses(self) -> list[Result]:
        """The first miss of every shape that is one."""
        first: dict[Shape, Result] = {}
        for result in self.results:
            if not result.hit:
                first.setdefault(result.expected, result)
        return list(first.values())


async def replay(file: str, exchanges: list[Exchange], stage: Stage, seed: int) -> Report:
    """Replay one recording in the order of the seed."""
    rng = random.Random(seed)
    binder = Binder(rng, dict(stage.known), dict(stage.names))
    report = Report(file)
    cause: Exchange | None = None
    for item in ordered([e for e in exchanges if (file, e.seq) not in EXCLUDED], rng):
        if item[0].watched:
            report.results.extend(await _watch(item, cause, stage, binder))
            continue
        cause = item[0]
        answer, note = await _send(cause, stage, binder)
        report.results.append(_compared(cause, answer, note))
    return report


async def _send(exchange: Exchange, stage: Stage, binder: Binder) -> tuple[Answer | None, str]:
    if stage.before:
        stage.before(exchange, binder)
    path, headers, body = binder.request(exchange)
    try:
        answer = await stage.send(exchange.method, exchange.host, path, headers, body)
    except Exception as error:  # whatever goes wrong is a miss, told in the table
        return None, f"{type(error).__name__}: {error}"
    binder.learn(exchange.answer, answer)
    return answer, ""


def _compared(exchange: Exchange, answer: Answer | None, note: str = "") -> Result:
    expected = shape(exchange.method, exchange.path, exchange.answer)
    if answer is None:
        return Result(exchange, expected, False, note)
    got = shape(exchange.method, exchange.path, answer)
    if expected == got:
        return Result(exchange, expected, True)
    if expected[2] != got[2]:
        return Result(exchange, expected, False, f"status {got[2]}: {answer.body[:160]!r}")
    return Result(exchange, expected, False, difference(expected[3], got[3]))


async def _watch(item: Item, cause: Exchange | None, stage: Stage, binder: Binder) -> list[Result]:
    """Poll until the recorded last state; compare the transitions, and the shape of every recorded poll."""
    recorded = [state(exchange.answer) for exchange in item]
    polls: list[Answer] = []
    end = time.monotonic() + _WAIT
    note = ""
    while time.monotonic() < end:
        answer, note = await _send(item[0], stage, binder)
        if answer is None:
            break
        polls.append(answer)
        if state(answer) == recorded[-1]:
            break
        await asyncio.sleep(_POLL)
    live = transitions([state(answer) for answer in polls])
    others = stage.histories.get(item[0].case, [])
    started = [(200, *state(cause.answer)[1:])] if cause else []
    same = agree(live, recorded, [*started, *others])
    expected = ("WATCH", item[0].case, item[-1].answer.status, repr(transitions(recorded)))
    results = [Result(item[0], expected, same, note or f"saw {live}")]
    return results + [_poll(exchange, polls) for exchange in item]


def _poll(exchange: Exchange, polls: list[Answer]) -> Result:
    """One recorded poll against the live one of the same state;
    of a state that passed unseen, any poll's shape.
    """
    same = next((answer for answer in polls if state(answer) == state(exchange.answer)), None)
    if same is not None or not polls:
        return _compared(exchange, same, "no poll was answered")
    others = [_compared(exchange, answer) for answer in polls]
    return next((result for result in others if result.hit), others[0])


def agree(live: list[State], recorded: list[State], other: list[State]) -> bool:
    """Whether transitions are those of the recording, as far as polling can tell.

    A state that was recorded in one poll only may pass unseen; one that the recording missed may be seen
    if ``other`` shows it: the states of a second client, after the one that the request itself was
    answered with. Within both, the order is kept; the end is the same.
    """
    path = transitions(recorded)
    lasting = [found for found in path if recorded.count(found) > 1 or found == path[-1]]
    known = {*path, *other}
    return (
        bool(live)
        and live[-1] == path[-1]
        and all(found in known for found in live)
        and _within(lasting, live)
        and _within([found for found in live if found in path], path)
        and _within([found for found in live if found in other], other)
    )


def _within(part: list[State], whole: list[State]) -> bool:
    """Whether all of ``part`` occurs in ``whole``, in that order."""
    rest = iter(whole)
    return all(found in rest for found in part)


def state(answer: Answer) -> State:
    """The state that an answer tells."""
    data = answer.json()
    thing = next((v for v in data.values() if isinstance(v, dict)), {}) if isinstance(data, dict) else {}
    parts = ("status", "OS-EXT-STS:vm_state", "OS-EXT-STS:task_state")
    return (answer.status, *(thing.get(part) for part in parts))


def transitions(states: list[State]) -> list[State]:
    """The states without repetitions."""
    return [found for at, found in enumerate(states) if at == 0 or states[at - 1] != found]
