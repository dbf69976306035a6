"""The time line of a run: a lane a worker, a bar a story, a thin line where the worker waited. Geometry only.

Stories that passed are one shape a lane, so that a run of a thousand stays a small picture; the others
stand for themselves. Coordinates are the units of the picture, 1040 wide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.model import Pause, Report, Scenario
from reports.text import count, line, seconds

WIDTH, LEFT, RIGHT, LANE, TALL, TOP = 1040, 64, 64, 28, 20, 20
KINDS = {
    "need": "a story that it needs",
    "gate": "all others to end",
    "turn": "its turn",
    "budget": "room for servers",
    "rate limit": "a rate limit",
    "harness": "no reason that the plan gives",
}
"""What was waited for, in words."""
_ROWS = 60
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000)


@dataclass(frozen=True)
class Bar:
    """One story, or several that passed."""

    verdict: str
    shape: str
    told: str = ""


@dataclass(frozen=True)
class Wait:
    """A stretch in which a worker waited."""

    kind: str
    x: float
    y: float
    wide: float
    told: str
    label: str


@dataclass(frozen=True)
class Lane:
    """What one worker did."""

    name: str
    y: float
    stories: int
    busy: float
    waited: float
    share: str
    bars: list[Bar]


@dataclass(frozen=True)
class Line:
    """The whole picture; ``bars`` are (top, left, width, anchor) of every story for the page's script."""

    lanes: list[Lane]
    waits: list[Wait]
    ticks: list[tuple[float, str]]
    first: float
    last: float
    foot: float
    height: float
    kinds: dict[str, float]
    pauses: list[Pause]
    left_out: int
    bars: list[list[float | str]]

    @property
    def told(self) -> str:
        """What it shows, in words."""
        return "; ".join(
            f"{lane.name} told {count(lane.stories, 'story', 'stories')} in {seconds(lane.busy)} "
            f"and waited {seconds(lane.waited)}"
            for lane in self.lanes
        )


def lanes(report: Report, anchors: Mapping[str, str]) -> Line | None:
    """The time line, or None where nothing was told."""
    ran = [s for s in report.scenarios if s.started is not None and s.worker]
    if not ran:
        return None
    began = report.run.started
    ends = [(s.started or began) - began + s.duration for s in ran]
    wall = max(report.timings.wall, *ends, 0.001)
    place = _Place(began, (WIDTH - LEFT - RIGHT) / wall)
    names = sorted({s.worker for s in ran})
    pauses = report.timings.pauses
    rows = [
        _lane(n, name, [s for s in ran if s.worker == name], pauses, place) for n, name in enumerate(names)
    ]
    tops = {lane.name: lane.y for lane in rows}
    foot = TOP + LANE * len(rows)
    return Line(
        lanes=rows,
        waits=[_wait(pause, tops[pause.worker], place) for pause in pauses if pause.worker in tops],
        ticks=_ticks(wall, place),
        first=place.at(min(s.started or began for s in ran) - began),
        last=place.at(max(ends)),
        foot=foot,
        height=foot + 6,
        kinds=_kinds(pauses),
        pauses=_longest(pauses),
        left_out=max(0, len(pauses) - _ROWS),
        bars=[[tops[s.worker], *place.span(s), anchors[s.key]] for s in ran],
    )


@dataclass(frozen=True)
class _Place:
    """From seconds after the run's start to units of the picture."""

    began: float
    scale: float

    def at(self, moment: float) -> float:
        return round(LEFT + max(moment, 0.0) * self.scale, 1)

    def span(self, scenario: Scenario) -> tuple[float, float]:
        """Left end and width of a story's bar, never too thin to be seen."""
        left = self.at((scenario.started or self.began) - self.began)
        wide = scenario.duration * self.scale
        return left, round(max(wide - 0.6 if wide > 2 else wide, 0.8), 1)


def _lane(place: int, name: str, mine: Sequence[Scenario], pauses: Sequence[Pause], at: _Place) -> Lane:
    y = TOP + LANE * place + (LANE - TALL) / 2
    shapes: dict[str, list[str]] = defaultdict(list)
    alone = []
    for scenario in mine:
        left, wide = at.span(scenario)
        shape = f"M{left:g} {y:g}h{wide:g}v{TALL}h-{wide:g}z"
        if scenario.verdict == "pass":
            shapes["pass"].append(shape)
        else:
            told = f"{scenario.key}: {scenario.verdict}, {seconds(scenario.duration)}"
            alone.append(Bar(scenario.verdict, shape, line(told, 200)))
    busy = sum(scenario.duration for scenario in mine)
    span = max(s.duration + (s.started or 0) for s in mine) - min(s.started or 0 for s in mine)
    return Lane(
        name=line(name, 9),
        y=y,
        stories=len(mine),
        busy=busy,
        waited=sum(pause.seconds for pause in pauses if pause.worker == name),
        share=f"{min(busy / span, 1.0):.0%}" if span > 0 else "",
        bars=[*(Bar(verdict, "".join(many)) for verdict, many in shapes.items()), *alone],
    )


def _wait(pause: Pause, top: float, at: _Place) -> Wait:
    wide = round(max(pause.seconds * at.scale, 1.0), 1)
    room = int(wide / 6.4)
    within = pause.what == "rate limit"
    named = line(pause.by or pause.what, room) if room >= 8 and not within else ""
    return Wait(
        kind=pause.what.replace(" ", "-"),
        x=at.at(pause.began),
        y=top + (TALL - 4 if within else TALL / 2 + 3),
        wide=wide,
        told=line(f"{pause.key} waited {seconds(pause.seconds)} for {KINDS[pause.what]} {pause.by}", 240),
        label=named,
    )


def _kinds(pauses: Sequence[Pause]) -> dict[str, float]:
    """Seconds by what was waited for, of all workers together."""
    summed = {kind: sum(pause.seconds for pause in pauses if pause.what == kind) for kind in KINDS}
    return {kind: total for kind, total in summed.items() if total}


def _longest(pauses: Sequence[Pause]) -> list[Pause]:
    """The longest of them, in order of time."""
    longest = sorted(pauses, key=lambda pause: -pause.seconds)[:_ROWS]
    return sorted(longest, key=lambda pause: pause.began)


def _ticks(wall: float, at: _Place) -> list[tuple[float, str]]:
    step = next((each for each in _STEPS if wall / each <= 9), _STEPS[-1])
    count = min(int(wall / step), 40)
    return [(at.at(n * step), seconds(float(n * step)) if n else "0") for n in range(count + 1)]
