"""Where faults are written: one module a subject in this folder, imported when the list is asked for."""

from __future__ import annotations

import importlib
import pkgutil

_MACHINERY = (
    "answers",
    "callers",
    "catalogue",
    "decisions",
    "hosts_where",
    "registry",
    "rules",
    "tenants",
    "toggles",
    "volume_answers",
)


def load() -> None:
    """Import every module of this folder that holds faults."""
    package = importlib.import_module("harness.lab.faults")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in _MACHINERY:
            importlib.import_module(f"harness.lab.faults.{module.name}")
