"""A run's results as rows of bytes: 300 scenarios of 1,000 runs are read in milliseconds, not in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from reports.history.entry import VERDICTS, Entry

RESULT = np.dtype([("key", "<i4"), ("version", "<i4"), ("verdict", "u1"), ("seconds", "<f4")])
"""A scenario (or a figure of the run, with verdict 0): ``key`` and ``version`` are numbers of words."""

STEP = np.dtype([("key", "<i4"), ("title", "<i4"), ("seconds", "<f4")])


def words(entry: Entry) -> set[str]:
    """Every word that the sheets of an entry refer to."""
    found = {word for row in entry.results for word in (row.key, row.version)}
    found |= {word for key, title, _ in entry.steps for word in (key, title)}
    return found | set(entry.figures)


def results(entry: Entry, number: Mapping[str, int]) -> bytes:
    """Its scenarios and figures, with words as their numbers; -1 for no word."""
    rows = [
        (number[row.key], number.get(row.version, -1), VERDICTS.index(row.verdict), row.seconds)
        for row in entry.results
    ]
    rows += [(number[name], -1, 0, figure) for name, figure in entry.figures.items()]
    return np.array(rows, RESULT).tobytes()


def steps(entry: Entry, number: Mapping[str, int]) -> bytes:
    """Its steps, with words as their numbers."""
    return np.array([(number[key], number[title], s) for key, title, s in entry.steps], STEP).tobytes()


def joined(blobs: Iterable[bytes], kind: np.dtype[np.void]) -> tuple[NDArray[np.void], NDArray[np.intp]]:
    """The rows of many sheets under each other, and for each the place of its sheet.

    Raises ``ValueError`` where a sheet is none.
    """
    told = list(blobs)
    if any(len(blob) % kind.itemsize for blob in told):
        raise ValueError("a torn sheet")
    counts = [len(blob) // kind.itemsize for blob in told]
    return np.frombuffer(b"".join(told), kind), np.repeat(np.arange(len(told)), counts)
