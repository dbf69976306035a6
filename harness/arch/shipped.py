"""The architectures that are shipped: package data of ``reference_arch``, found by name."""

from __future__ import annotations

import importlib.resources
import re
from importlib.resources.abc import Traversable

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*\Z")


def shipped_names() -> list[str]:
    """Every shipped name, bases included: ``essex/six-node``."""
    return sorted(_names(importlib.resources.files("reference_arch"), ""))


def find_shipped(name: str) -> Traversable | None:
    """The file of a shipped name, or ``None``; a name never leads out of the package."""
    if not _NAME.match(name) or ".." in name:
        return None
    file = importlib.resources.files("reference_arch").joinpath(*f"{name}.yaml".split("/"))
    return file if file.is_file() else None


def _names(folder: Traversable, above: str) -> list[str]:
    found = []
    for child in folder.iterdir():
        if child.is_dir() and _NAME.match(child.name):
            found += _names(child, f"{above}{child.name}/")
        elif child.name.endswith(".yaml"):
            found.append(above + child.name.removesuffix(".yaml"))
    return found
