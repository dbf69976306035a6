"""What a story says, as one digest: two runs of it can be compared where the digests are equal.

Over the source of the story with the sentences of its steps, of every function and constant of its own suite
that it uses, and over its limits. No counter is kept by hand, and nobody can forget to raise one.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

_CONSTANTS = (str, int, float, bool, tuple, frozenset)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def content_version(story: Callable[..., Any] | None, limits: Mapping[str, Any]) -> str:
    """Twelve hex digits; the same on every machine, for the same text."""
    digest = hashlib.sha256()
    for text in sorted(_texts(story).values()) if story is not None else ():
        digest.update(f"{text}\0".encode("utf-8", "replace"))
    digest.update(repr(sorted(limits.items())).encode())
    return digest.hexdigest()[:12]


def _texts(story: Callable[..., Any]) -> dict[str, str]:
    """By name, the text of the story and of what it uses of its own suite."""
    found: dict[str, str] = {}
    left: list[Any] = [inspect.unwrap(story)]
    suite = _suite(_file(left[0]))
    while left:
        thing = left.pop()
        name = f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"
        if name in found:
            continue
        found[name] = _source(thing)
        for used, value in _used(thing):
            if isinstance(value, (FunctionType, type)) and suite and _suite(_file(value)) == suite:
                left.append(inspect.unwrap(value) if isinstance(value, FunctionType) else value)
            elif isinstance(value, _CONSTANTS):
                written = repr(sorted(value, key=repr) if isinstance(value, frozenset) else value)
                found[f"{name}:{used}"] = f"{used} = {_ADDRESS.sub('', written)}"
    return found


def _used(thing: Any) -> Iterator[tuple[str, Any]]:
    """(name, value) of the globals that a function, or the methods of a class, look at."""
    functions = [thing] if isinstance(thing, FunctionType) else vars(thing).values()
    for function in functions:
        if isinstance(function, FunctionType):
            world = function.__globals__
            for name in sorted(_names(function.__code__)):
                value = world.get(name)
                if inspect.ismodule(value) and _suite(_file(value)) == _suite(_file(function)):
                    yield from ((f"{name}.{part}", each) for part, each in _parts(value, function.__code__))
                elif name in world:
                    yield name, value


def _parts(module: Any, code: CodeType) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(module, name)) for name in sorted(_names(code)) if hasattr(module, name))


def _names(code: CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*(_names(each) for each in inner))


def _file(thing: Any) -> str:
    """Where it is written; nothing where that is no file."""
    if isinstance(thing, FunctionType):
        return thing.__code__.co_filename
    module = thing if inspect.ismodule(thing) else sys.modules.get(getattr(thing, "__module__", None) or "")
    return getattr(module, "__file__", None) or ""


@lru_cache(maxsize=4096)
def _suite(file: str) -> str:
    """The topmost package that a file stands in: ``scenarios``, by whichever name it was imported."""
    folder = Path(file).parent if file else None
    if folder is None or not (folder / "__init__.py").is_file():
        return file
    while (folder.parent / "__init__.py").is_file():
        folder = folder.parent
    return str(folder)


@lru_cache(maxsize=4096)
def _source(thing: Any) -> str:
    """Its text without what stands behind it on a line; nothing where there is no file."""
    try:
        return "\n".join(row.rstrip() for row in inspect.getsource(thing).splitlines())
    except (OSError, TypeError):
        return ""
