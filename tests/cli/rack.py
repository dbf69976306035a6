"""A site of a hundred and sixty hosts that are not there, and what came of visiting them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.hosts.facts.model import Facts
from harness.hosts.visiting import Visit
from tests.fleet.hosts import fleet, host
from tests.fleet.rack import rack

SIZE = 160


def site(folder: Path, size: int = SIZE) -> str:
    """A site file; forty hosts stand in each rack."""
    rack(folder, size)
    hosts = "".join(
        f"  compute-{n:03d}: {{address: 10.9.{n // 250}.{n % 250 + 1}, rack: '{1 + (n - 1) // 40}'}}\n"
        for n in range(1, size + 1)
    )
    text = f"name: rack\narchitecture: rack.yaml\ncloud: none\nhosts:\n  controller: 10.8.0.1\n{hosts}"
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def controller() -> Facts:
    facts = host("controller", 200)
    services = facts.services["nova-compute"]  # type: ignore[index]
    names = ("mysql", "rabbitmq-server", "keystone", "glance-api", "glance-registry", "nova-api", "nova-cert",
             "nova-consoleauth", "nova-scheduler")  # fmt: skip
    return host("controller", 200, services=dict.fromkeys(names, services))


def visits(
    odd: Mapping[int, dict[str, Any]] | None = None, silent: Mapping[str, str] | None = None, size: int = SIZE
) -> dict[str, Visit]:
    facts = {"controller": controller(), **fleet(size, dict(odd or {}))}
    found = {name: Visit(node=name, facts=each) for name, each in facts.items()}
    return found | {name: Visit(node=name, refused=why) for name, why in (silent or {}).items()}
