"""One thing that facts say of a clause, in the form in which a story writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from harness.arch.leaves import Leaf, walk
from harness.arch.paths import Path
from harness.hosts.facts.model import Unknown


@dataclass(frozen=True)
class Observed:
    """A value of a clause, or the ``names`` that a collection really has, or why it is ``unknown``.

    ``value`` is JSON-able; None means that the thing is not there. ``denied``: another user could see it.
    ``about`` says which things of the host showed it, where the path does not.
    """

    path: Path
    value: Any = None
    names: tuple[str, ...] | None = None
    unknown: str = ""
    denied: bool = False
    about: str = ""


def unseen(path: Path, unknown: Unknown) -> Observed:
    """A clause that nobody can see."""
    return Observed(path, unknown=unknown.unknown or "the host did not say", denied=unknown.denied)


def unseen_below(
    part: BaseModel | None, path: Path, unknown: Unknown, within: Path = ()
) -> Iterator[Observed]:
    """Every clause of a part of the description that stands at ``path``, or of what is ``within`` it."""
    for found, _, mark in walk(part, path) if part is not None else ():
        if isinstance(mark, Leaf) and found[: len(path) + len(within)] == (*path, *within):
            yield unseen(found, unknown)
