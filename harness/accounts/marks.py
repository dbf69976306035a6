"""How a lasting tenant says whose it is, in the one field that every release keeps: its description."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = "deployday-{number}"
FREE = "Deploy Day test account: free"
_LEASED = "Deploy Day test account: leased by {run} until {until}"
_OURS = "Deploy Day test account: "
_LASTING = re.compile(r"deployday-[1-9][0-9]?\Z")
_READ = re.compile(re.escape(_OURS) + r"leased by (?P<run>\S+) until (?P<until>\d{1,12})\Z")


@dataclass(frozen=True)
class Mark:
    """A lease as a tenant tells it: the run-id, and its end in epoch seconds."""

    run: str
    until: float

    def __str__(self) -> str:
        return _LEASED.format(run=self.run, until=int(self.until))

    def stale(self, now: float) -> bool:
        """Whether its time is over: nobody may count on it."""
        return now > self.until


def read(description: str) -> Mark | None:
    """The lease that a description tells, if any."""
    match = _READ.match(description)
    return Mark(match["run"], float(match["until"])) if match else None


def is_lasting(name: str) -> bool:
    """Whether a tenant's or user's name is one of our lasting ones, ``deployday-1`` to ``deployday-99``."""
    return _LASTING.match(name) is not None


def is_ours(name: str, description: str) -> bool:
    """Whether a tenant surely belongs to the harness: by its name, and by what it says of itself."""
    return is_lasting(name) and description.startswith(_OURS)
