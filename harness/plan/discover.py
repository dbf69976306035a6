"""Find the scenarios of an installed package without running anything: for ``plan``, listings and tests."""

from __future__ import annotations

import importlib
import pkgutil

from harness.plan.declared import Scenario


def discover(package: str = "scenarios") -> list[Scenario]:
    """Every scenario declared in the modules below a package, by module name and then as written."""
    root = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.walk_packages(root.__path__, prefix=f"{package}."))
    return [scenario for name in names for scenario in declared_in(importlib.import_module(name))]


def declared_in(module: object) -> list[Scenario]:
    """The scenarios whose stories stand in one module."""
    found = (declared(value) for name, value in vars(module).items() if name.startswith("test_"))
    return [scenario for scenario in found if scenario is not None]


def declared(story: object) -> Scenario | None:
    """What was declared at a function, or None where it is not a scenario's story."""
    marks = getattr(story, "pytestmark", ())
    arguments = (arg for mark in marks if mark.name == "scenario" for arg in mark.args)
    return next((arg for arg in arguments if isinstance(arg, Scenario)), None)
