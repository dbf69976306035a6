"""Kinds of facts that can be held against another host's, each as values by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.hosts.facts.model import Facts, Unknown

Value = str | float | tuple[str, ...]
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Kind:
    """One kind of facts. ``values`` gives them by name, ``label`` names one of them (``package {}``).

    ``own``: a value may be each host's own, so what differs on every host is identity, no drift.
    ``presence``: a name that a host does not have is a difference, unless it is ``hidden`` there.
    ``within``: numbers that are nearer to each other than this share are equal.
    """

    name: str
    label: str
    values: Callable[[Facts], Values | Unknown]
    own: bool = False
    presence: bool = True
    within: float = 0.0
    hidden: Callable[[Facts, str], bool] = lambda facts, name: False


def as_set(items: tuple[str, ...]) -> tuple[str, ...]:
    """Items whose order and number say nothing."""
    return tuple(sorted(set(items)))
