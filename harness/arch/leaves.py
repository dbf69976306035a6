"""What each field of the model says about itself: how it is seen, how it is compared, what a map promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from harness.arch.clauses import Visible
from harness.arch.paths import Path


@dataclass(frozen=True)
class Leaf:
    """Metadata of a field that is a clause. ``measured`` says that resources of a run may verify it."""

    visible: Visible
    comparator: str
    measured: bool = False


@dataclass(frozen=True)
class Collection:
    """Metadata of a map by name. ``closed``: a name that is not described is a deviation."""

    closed: bool


Found = tuple[Path, Any, Leaf | Collection]


def walk(model: BaseModel, path: Path = ()) -> Iterator[Found]:
    """Every leaf with its value, and every collection with its names, in order of the model.

    A leaf that is ``None`` is not described and yields nothing; nor does a list that need only include
    nothing.
    """
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        yield from _walk(value, info.annotation, info.metadata, (*path, name))


def _walk(value: Any, annotation: Any, metadata: list[Any], path: Path) -> Iterator[Found]:
    if value is None:
        return
    mark = next((m for m in metadata if isinstance(m, Leaf | Collection)), None)
    if isinstance(mark, Leaf):
        if value == [] and mark.comparator == "includes":
            return
        yield path, value, mark
    elif isinstance(value, BaseModel):
        yield from walk(value, path)
    elif isinstance(mark, Collection):
        yield path, sorted(value), mark
        yield from _items(value, annotation, path)


def _items(value: Mapping[str, Any], annotation: Any, path: Path) -> Iterator[Found]:
    item = get_args(annotation)[1]
    inner, *metadata = get_args(item) if get_origin(item) is Annotated else (item,)
    for name, child in value.items():
        yield from _walk(child, inner, list(metadata), (*path, name))
