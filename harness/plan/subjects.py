"""What a scenario runs on, and whether a description asks for it at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from harness.arch import Architecture
from harness.plan.declared import Scenario


def subjects_of(scenario: Scenario, arch: Architecture) -> tuple[str, ...] | None:
    """The subjects in this description; None for a scenario declared without, else any number.

    Raises ``ValueError`` for a declaration that means nothing.
    """
    wanted = scenario.subjects
    if wanted is None:
        return None
    found = tuple(wanted) if isinstance(wanted, tuple) else tuple(_found(scenario, arch))
    odd = [name for name in found if not isinstance(name, str) or not name or set(name) & set("[]\n")]
    if odd or len(set(found)) != len(found):
        raise ValueError(
            f"scenario {scenario.id}: subjects are distinct names without brackets, found {found!r}"
        )
    return found


_SERVICES = ("identity", "compute", "image", "volume", "object-store")
_RING_ROLES = ("object-proxy", "object-storage")
_NAMED: Mapping[str, Callable[[Architecture], Iterable[str]]] = {
    "nodes": lambda arch: arch.model.nodes,
    "catalogue": lambda arch: arch.model.catalogue,
    "services": lambda arch: (name for name in _SERVICES if name in arch.model.catalogue),
    "rings": lambda arch: arch.model.objects.rings if arch.model.objects else (),
    "ring-holders": lambda arch: dict.fromkeys(
        node for role in _RING_ROLES for node in arch.nodes_with(role)
    ),
}


def _found(scenario: Scenario, arch: Architecture) -> Iterable[str]:
    wanted = scenario.subjects
    if callable(wanted):
        return wanted(arch)
    if isinstance(wanted, str) and wanted in _NAMED:
        return _NAMED[wanted](arch)
    if isinstance(wanted, str) and wanted.startswith("nodes:"):
        return arch.nodes_with(wanted.removeprefix("nodes:"))
    raise ValueError(
        f"scenario {scenario.id}: subjects {wanted!r} is none of {', '.join(_NAMED)}, nodes:ROLE"
    )


def why_not(scenario: Scenario, arch: Architecture) -> str:
    """Why a scenario does not apply to this description; empty where it does."""
    if callable(scenario.applies):
        return "" if scenario.applies(arch) else "the description does not ask for it"
    if scenario.applies is not None and not arch.nodes_with(scenario.applies):
        return f"no node of the description has the role {scenario.applies}"
    if subjects_of(scenario, arch) == ():
        return f"the description has nothing for it to look at ({_named(scenario)})"
    return ""


def _named(scenario: Scenario) -> str:
    return scenario.subjects if isinstance(scenario.subjects, str) else "no subject"


def planned_subjects(scenario: Scenario, arch: Architecture) -> tuple[tuple[str | None, ...], str]:
    """The subjects to plan for and why the scenario does not apply: then a single entry without subject."""
    reason = why_not(scenario, arch)
    return (None,) if reason else subjects_of(scenario, arch) or (None,), reason
