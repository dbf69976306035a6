"""``run --wait``: a cloud that is just coming up is asked, gently, until preflight opens.

Asked are the run's own preflight stories, each poll in a pytest of its own with a folder that is thrown away,
as the site's account: no account is leased, nothing is made, and nothing of it verifies a statement. After
the first poll only what is still closed is asked again, with what it needs.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from harness.cli.polling import Answers, Poll, poller
from harness.evidence import RunFolder
from harness.evidence.folder import write_json
from harness.plan.within import seconds_of
from reports.render.terminal import safe
from reports.text import seconds
from reports.waited import UNASKED, answered, called, few, roots

Wait = Annotated[
    str,
    typer.Option("--wait", metavar="TIME", help="Ask a cloud that is coming up for so long, then run: 30m."),
]
FIRST_PAUSE, LONGEST_PAUSE, GROWTH, JITTER = 2.0, 30.0, 1.5, 0.2
"""Seconds between two polls: from the first to the longest, and by which share each varies by chance."""
_HOPELESS = re.compile(r"host key (?:has changed|is revoked|of \S+ is not known)|its host key is revoked")
"""What no time heals: somebody has to look at it."""
_SAY_AGAIN = 60.0


@dataclass
class Waited:
    """What came of it: ``opened`` says after how many seconds each preflight story was met, ``closed`` why
    the others were not, the last time that they were asked.
    """

    asked: str
    limit: float
    polls: int = 0
    requests: int = 0
    seconds: float = 0.0
    opened: dict[str, float] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether preflight opened."""
        return not self.closed

    def to_json(self) -> dict[str, Any]:
        """As ``waited.json`` and the record keep it."""
        return {
            "asked": self.asked,
            "seconds": round(self.seconds, 1),
            "polls": self.polls,
            "requests": self.requests,
            "open": self.open,
            "opened": {key: round(after, 1) for key, after in self.opened.items()},
            "closed": self.closed,
        }

    def write(self, folder: RunFolder) -> None:
        """Leave it to a run that is about to begin."""
        write_json(folder.waited, self.to_json())


def limit_of(asked: str) -> float:
    """Seconds of ``--wait``; raises ``UsageError`` for what is no time."""
    return seconds_of("--wait", asked)


def wait(
    asked: str,
    poll: Poll,
    *,
    limit: float,
    tell: Callable[[Waited], None],
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> Waited:
    """Poll until everything is open, only what no time heals is closed, or ``limit`` seconds are over."""
    began, pause = now(), FIRST_PAUSE
    waited, keys = Waited(asked, limit), ["all"]
    while True:
        answers = poll(keys, began + limit)
        waited.seconds = now() - began
        _note(waited, answers)
        tell(waited)
        left = limit - waited.seconds
        if left <= 0 or not any(not _HOPELESS.search(why) for why in _roots(waited, answers).values()):
            return waited
        keys = list(waited.closed)
        sleep(min(pause * (1 + JITTER * (2 * chance() - 1)), left))
        pause = min(pause * GROWTH, LONGEST_PAUSE)


def _note(waited: Waited, answers: Answers) -> None:
    waited.polls += 1
    waited.requests += answers.requests
    for key, why in answers.closed.items():
        before = waited.closed.pop(key, "")
        if why:
            waited.opened.pop(key, None)
            waited.closed[key] = before if before and why == UNASKED else why
        else:
            waited.opened.setdefault(key, waited.seconds)


def _roots(waited: Waited, answers: Answers) -> dict[str, str]:
    """What is closed by itself, not because something else is."""
    return {key: why for key, why in waited.closed.items() if key not in answers.blocked}


def state(waited: Waited, now: float) -> Text:
    """``waiting for identity: connection refused (3 min 20 s of 30 min)``, ``now`` counts from the start."""
    told = roots(waited.closed)
    names = list(dict.fromkeys(map(called, told))) or ["preflight"]
    why = next(iter(told.values()), "")
    text = Text.assemble(("waiting for ", "bold"), safe(few(names)))
    text += safe(f": {_shortly(why)}", "yellow", 160) if why else Text()
    return text + Text(f" ({seconds(round(now))} of {seconds(waited.limit)})", "dim")


def _shortly(why: str) -> str:
    if re.search(r"answered 40[13]\b", why):
        return "the credentials are refused: wrong ones, or its users are not there yet"
    told = re.search(r"was not answered: (.*)", why)
    return told[1] if told else why


class Told:
    """Says what is waited for: in one line that moves on a terminal, else a line whenever it changes."""

    def __init__(self, console: Console, asked: str, limit: float) -> None:
        self._console, self._waited = console, Waited(asked, limit)
        self._began, self._last, self._said = time.monotonic(), "", 0.0
        self._seen: set[str] = set()
        self._live = Live(console=console, transient=True, refresh_per_second=4, get_renderable=self._now)

    def __enter__(self) -> Told:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def __call__(self, waited: Waited) -> None:
        """A poll is over."""
        self._waited = waited
        fresh = {key: after for key, after in waited.opened.items() if key not in self._seen}
        self._seen |= fresh.keys()
        for sentence in answered(fresh) if waited.polls > 1 else []:
            self._console.print(safe(f"{sentence}", limit=200))
        told = state(waited, 0.0).plain
        again = time.monotonic() - self._said > _SAY_AGAIN
        if waited.closed and not self._console.is_terminal and (told != self._last or again):
            self._console.print(self._now(), soft_wrap=True)
            self._last, self._said = told, time.monotonic()

    def _now(self) -> Text:
        return state(self._waited, time.monotonic() - self._began)


def wait_for(asked: str, words: Sequence[str], most: float) -> Waited:
    """Wait for the cloud of these words (site, overlays) as long as ``asked``, ``most`` seconds at most, and
    say so. Raises ``UsageError`` for what no run could be started with.
    """
    limit = max(min(limit_of(asked), most), 0.0)
    with Told(Console(highlight=False), asked, limit) as tell:
        waited = wait(asked, poller(words), limit=limit, tell=tell)
    typer.echo(_end(waited))
    return waited


def _end(waited: Waited) -> str:
    polls = "1 poll" if waited.polls == 1 else f"{waited.polls} polls"
    took = f"after {seconds(round(waited.seconds, 1))} ({polls}, {waited.requests} requests)"
    if waited.open:
        return f"preflight is open {took}"
    hopeless = [called(key) for key, why in waited.closed.items() if _HOPELESS.search(why)]
    if hopeless and waited.seconds < waited.limit:
        return f"no time heals what is wrong with {few(hopeless)}; running all the same {took}"
    return f"preflight did not open; running all the same {took}"
