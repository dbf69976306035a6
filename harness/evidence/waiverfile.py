"""The file of waivers, as its user writes it.

It is a list::

    - clause: compute.flavors["m1.tiny"].ram    # or `scenario:`, with `subject:` where it has one
      observed: 1024                            # what is seen instead; `absent`; `present` for an extra
      reason: the vendor's image needs it
      owner: compute-team@example.net
      ticket: OPS-17
      until: 2012-06-01

All keys but ``subject`` and ``step`` are required. For a scenario ``observed`` is its reason and ``step`` the
sentence of the step that fails; ``*`` stands for any text in both. ``compute-[1:9]`` in a subject or a path
stands for each of these. A waiver covers what it says and nothing else: another value, or a day after
``until``, counts again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError

from harness.arch.clauses import ClauseTable
from harness.errors import Problem, UsageError
from harness.evidence.waiverentry import Entry, Known
from harness.evidence.waivers import Waiver

_LARGEST = 1024 * 1024


def load_waivers(
    path: FilePath,
    *,
    table: ClauseTable | None = None,
    scenarios: Iterable[str] = (),
    now: float | None = None,
) -> tuple[Waiver, ...]:
    """Read a file of waivers; raises ``UsageError`` with every problem, each with file and line.

    With the ``table`` of the description or the keys of all ``scenarios`` given, a name beside them is a
    problem as well; with ``now`` (epoch seconds), a waiver that would hold for more than a year is one.
    """
    known = Known(table, frozenset(scenarios), now)
    reading = _Reading()
    for line, entry in _entries(path):
        reading.take(Entry(f"{path}:{line}", entry, known))
    if reading.problems:
        raise UsageError(*reading.problems)
    return tuple(reading.found)


@dataclass
class _Reading:
    """What was read so far; problems are gathered, not raised."""

    found: list[Waiver] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        """The waivers of one entry; saying the same twice is a problem."""
        waivers, wrong = entry.read()
        self.problems += wrong
        for waiver in waivers:
            twin = next((w for w in self.found if _same(w, waiver)), None)
            if twin is not None:
                self.problems.append(
                    Problem(waiver.where, "waived already", path=waiver.what, found=f"at {twin.where}")
                )
            self.found.append(waiver)


def _same(one: Waiver, other: Waiver) -> bool:
    return (one.what, one.step) == (other.what, other.step) and repr(one.observed) == repr(other.observed)


class _Constructor(RoundTripConstructor):
    """Leaves dates as they are written: what APIs say of times is text, too."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_str)


def _entries(path: FilePath) -> Iterator[tuple[int, Any]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(Problem(str(path), "larger than 1 MiB: not a file of waivers"))
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        data = yaml.load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(Problem(str(path), f"cannot be read: {error.strerror}")) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1 if mark else 1}"
        raise UsageError(Problem(place, f"not YAML: {error.problem or error.context}")) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(Problem(str(path), f"cannot be read: {error}")) from None
    rows = data.get("waivers") if isinstance(data, Mapping) and set(data) == {"waivers"} else data
    if rows is None:
        return
    if not isinstance(rows, list):
        raise UsageError(Problem(f"{path}:1", "not a file of waivers", expected="a list of waivers"))
    for index, row in enumerate(rows):
        yield rows.lc.item(index)[0] + 1, row  # type: ignore[attr-defined]
