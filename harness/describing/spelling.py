"""A description as people write it: quantities with their units, nothing that was not said."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from harness.arch import units
from harness.arch.fields import Reads
from harness.describing.trees import Tree

_LARGER = ((1024 * 1024, "TB"), (1024, "GB"), (1, "MB"))
_TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_DAYS = 2 * 86400
"""From here on people count days; before, hours: a token of 24 h."""


def spell(model: BaseModel) -> Tree:
    """What was said, as the tree of a file; what was left out stays out."""
    found: Tree = {}
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if name in model.model_fields_set and value is not None:
            found[name] = _spelt(value, info.annotation, list(info.metadata))
    return found


def _spelt(value: Any, annotation: Any, metadata: list[Any]) -> Any:
    inner, more = _bare(annotation)
    metadata = [*metadata, *more]
    if isinstance(value, BaseModel):
        return spell(value)
    if isinstance(value, dict):
        item = get_args(inner)[1]
        return {name: _spelt(child, item, []) for name, child in value.items()}
    if isinstance(value, list):
        [item] = get_args(inner) or (str,)
        return [_spelt(child, item, []) for child in value]
    reader = next((mark.reader for mark in metadata if isinstance(mark, Reads)), None)
    return _UNITS[reader](value) if reader in _UNITS else _plain(value)


def _bare(annotation: Any) -> tuple[Any, list[Any]]:
    """A type without ``None`` and ``Annotated``, and what stood in the latter."""
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(each for each in get_args(annotation) if each is not type(None)))
    if get_origin(annotation) is Annotated:
        first, *metadata = get_args(annotation)
        inner, more = _bare(first)
        return inner, [*metadata, *more]
    return annotation, []


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """A number without zeros that say nothing."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def _duration(value: float) -> str:
    if value < 1:
        return f"{number(value * 1000)} ms"
    fits = (unit for unit in _TIMES if value % unit[0] == 0 and (value >= _DAYS or unit[1] != "d"))
    size, word = next(fits, (1, "s"))
    return f"{number(value / size)} {word}"


def _memory(value: int) -> str:
    size, word = next(unit for unit in _LARGER if value % unit[0] == 0 and (value or unit[0] == 1))
    return f"{value // size} {word}"


def _disk(value: int) -> str:
    return f"{value // 1024} TB" if value and value % 1024 == 0 else f"{value} GB"


def _units() -> Iterator[tuple[Callable[[str], Any], Callable[[Any], str]]]:
    yield units.seconds, _duration
    yield units.megabytes, _memory
    yield units.gigabytes, _disk
    yield units.prefix_length, lambda value: f"/{value}"
    yield units.percent, lambda value: f"<= {number(value)} %"


_UNITS = dict(_units())
