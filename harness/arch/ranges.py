"""Node ranges: ``compute-[1:2]``, zero padded ``compute-[001:120]``, several ``rack[1:2]-n[1:8]``."""

from __future__ import annotations

import itertools
import re

MAX_NODES = 2_000
_RANGE = re.compile(r"\[([0-9]{1,6}):([0-9]{1,6})\]")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\Z")


def is_name(text: str) -> bool:
    """Whether a text can name a node; such a name is safe as the name of a folder, too."""
    return bool(_NAME.match(text))


def expand(name: str) -> list[str]:
    """The node names that a key stands for, itself if it has no range; ``ValueError`` says what is wrong."""
    names = spread(name)
    if not all(map(is_name, names)):
        raise ValueError("a node name of letters, digits, '.', '-' and '_', with ranges like [1:8]")
    return names


def spread(text: str) -> list[str]:
    """The texts that a text with ranges stands for, whatever else is in it; ``ValueError`` as above."""
    pieces = _RANGE.split(text)
    fixed, bounds = pieces[::3], list(zip(pieces[1::3], pieces[2::3], strict=True))
    numbers = [_numbers(low, high) for low, high in bounds]
    size = 1
    for each in numbers:
        size *= len(each)
    if size > MAX_NODES:
        raise ValueError(f"a range of at most {MAX_NODES:,} nodes")
    found = []
    for chosen in itertools.product(*numbers):
        parts = itertools.chain.from_iterable(itertools.zip_longest(fixed, chosen, fillvalue=""))
        found.append("".join(parts))
    return found


def _numbers(low: str, high: str) -> list[str]:
    if int(low) > int(high):
        raise ValueError("a range from the smaller number to the larger one")
    if int(high) - int(low) >= MAX_NODES:
        raise ValueError(f"a range of at most {MAX_NODES:,} nodes")
    padded = low.startswith("0") and len(low) > 1
    if padded and len(low) != len(high):
        raise ValueError("both numbers of a zero-padded range with the same number of digits")
    return [str(number).zfill(len(low) if padded else 1) for number in range(int(low), int(high) + 1)]
