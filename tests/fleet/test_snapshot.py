"""A snapshot is whole, for its owner alone, without secrets; an untouched rack gives no line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.fleet.difference import Difference, changes_of, difference
from harness.fleet.snapshot import Snapshot, read_snapshot, unsealed, write_snapshot
from harness.hosts.facts.model import (
    Broker,
    ClockReading,
    Config,
    Database,
    Facts,
    File,
    Interface,
    Managed,
    ManagedService,
    Memory,
    Process,
    Service,
    Space,
    System,
    Unknown,
    VolumeGroup,
)
from tests.fleet.hosts import NO_TOOL, PACKAGES, fleet, host

DAY = 86_400.0
NOVA = ManagedService(binary="nova-compute", host="compute-1", enabled=True, alive=True)


def snapshot(facts: dict[str, Facts], taken: float = 1_800_000_000.0, **silent: str) -> Snapshot:
    return Snapshot("rack", "six-node", taken, facts, silent).without_seals()


def later(facts: Facts, **changes: Any) -> Facts:
    """The same host a day later, up all the time."""
    system = facts.system
    if isinstance(system, System) and system.uptime is not None:
        system = system.model_copy(update={"uptime": system.uptime + DAY})
    return facts.model_copy(update={"taken": facts.taken + DAY, "system": system, **changes})


def untouched(facts: Facts, chance: Any) -> Facts:
    """The same host a day later: what changes by itself has changed."""
    few = chance.randint
    interfaces = facts.interfaces | {"vnet0": Interface(mac="fe:16:3e:00:00:01", mtu=1500, bridge="br100")}
    eth0 = facts.interfaces["eth0"]
    floating = (*eth0.addresses, f"172.24.4.{few(1, 99)}/32")
    interfaces["eth0"] = eth0.model_copy(update={"addresses": floating})
    return later(
        facts,
        seconds=0.1 * few(1, 9),
        clock=ClockReading(offset=few(-40, 40) / 100, error=0.01),
        memory=Memory(total=facts.memory.total, free=few(100, 30_000), swap=facts.memory.swap),
        space={path: Space(size_mb=each.size_mb, free_mb=int(each.free_mb * few(92, 108) / 100))
               for path, each in facts.space.items()},
        processes=(Process(pid=few(2, 30_000), user="nova", command="nova-compute"),),
        interfaces=interfaces,
        domains={"instance-00000001": "running"}, rules={"nat": ("-A nova-network-OUTPUT",)},
        volume_groups={"nova-volumes": VolumeGroup(size_gb=900.0, free_gb=float(few(0, 900)))},
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.randoms())
def test_an_untouched_rack_gives_no_line(chance: Any) -> None:
    before = fleet(6)
    after = {name: untouched(facts, chance) for name, facts in before.items()}
    found = difference(snapshot(before), snapshot(after, 1_800_086_400.0))
    assert (dict(found.changes), dict(found.unseen)) == ({}, {})


def one(first: dict[str, Any], second: dict[str, Any]) -> Difference:
    before = host("compute-1", **first)
    return difference(
        snapshot({"compute-1": before}), snapshot({"compute-1": later(host("compute-1", **second))})
    )


CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"packages": PACKAGES | {"nova-common": "2"}}, "package nova-common: 2012.1.3-0ubuntu1 → 2"),
    ({}, {"packages": PACKAGES | {"new": "1"}}, "package new: absent → 1"),
    ({"services": {"x": Service(manager="sysv", running=True)}}, {"services": {"x": Service(manager="sysv",
     running=False)}}, "service x: running → stopped"),
    ({"space": {"/": Space(size_mb=1000, free_mb=900)}}, {"space": {"/": Space(size_mb=1000, free_mb=700)}},
     "space of /: 90 % free → 70 % free"),
    ({}, {"clock": ClockReading(offset=4.0, error=0.01)}, "clock: +0.0 s → +4.0 s"),
    ({"system": System(hostname="a")}, {"system": System(hostname="b")}, "host name: a → b"),
    ({"broker": Broker(queues={"q": 3})}, {"broker": Broker(queues={"q": 5000})},
     "queue q: 3 waiting → 5000 waiting"),
    ({"broker": Broker(nodes=("a", "b"))}, {"broker": Broker(nodes=("a",))}, "nodes of the broker: a, b → a"),
    ({"database": Database(kind="mysql", answers=True)}, {"database": Database(kind="mysql", answers=False)},
     "database server: answers → does not answer"),
    ({"managed": Managed(services=(NOVA,))}, {"managed": Managed(services=(NOVA.model_copy(
        update={"alive": False}),))}, "nova-compute on compute-1: enabled, alive → enabled, dead"),
    ({"managed": Managed(floating={"nova": 32})}, {"managed": Managed(floating={"nova": 31})},
     "pool nova: 32 floating addresses → 31 floating addresses"),
    ({"interfaces": {"eth0": Interface(addresses=("10.0.0.1/24",))}},
     {"interfaces": {"eth0": Interface(addresses=("10.0.0.9/24",))}},
     "addresses of eth0: 10.0.0.1/24 → 10.0.0.9/24"),
    ({"interfaces": {"eth0": Interface(mac="a", physical=True)}},
     {"interfaces": {"eth0": Interface(mac="b", physical=True)}}, "MAC of eth0: a → b"),
    ({"files": {"/x": File(kind="file", sha256="a")}}, {"files": {"/x": File(kind="file", sha256="b")}},
     "content of /x: sha256 a → sha256 b"),
    ({"resolvers": ("1.1.1.1",)}, {"resolvers": ("9.9.9.9",)}, "name servers: 1.1.1.1 → 9.9.9.9"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "told"), CHANGES, ids=[each[2] for each in CHANGES])
def test_what_was_touched_is_told(first: dict[str, Any], second: dict[str, Any], told: str) -> None:
    found = one(first, second)
    assert [str(change) for change in found.changes["compute-1"]] == [told]


@pytest.mark.parametrize(("before", "now", "doubles", "anew"), [
    (900.0, 20.0, (), True), (900.0, 4_000.0, (), True), (900.0, 900.0 + DAY, (), False),
    (900.0, 900.0, (), True), (900.0, 900.0, ("uptime",), False), (None, 1.0, (), False),
])  # fmt: skip
def test_a_host_that_was_started_anew(
    before: float, now: float, doubles: tuple[str, ...], anew: bool
) -> None:
    first = host(system=System(hostname="a", uptime=before)).model_copy(update={"doubles": doubles})
    second = later(first, system=System(hostname="a", uptime=now))
    assert [each.what for each in changes_of(first, second)] == ["last start"] * anew


def test_secrets_are_not_compared_between_snapshots() -> None:
    def sealed(digit: str, host: str = "db") -> dict[str, Any]:
        seal = f"hmac:{digit * 16}"
        options = {"DEFAULT": {"password": (seal,), "url": (f"mysql://nova:{seal}@{host}/nova",)}}
        return {"configs": {"/etc/nova/nova.conf": Config(form="ini", options=options)}}

    assert one(sealed("0"), sealed("1")).same
    assert not one(sealed("0"), sealed("1", "elsewhere")).same


def test_no_seal_is_in_the_file(tmp_path: Path) -> None:
    facts = host(processes=(Process(pid=1, user="a", command="x --password hmac:00112233aabbccdd"),),
                 rules={"hmac:00112233aabbccdd": ("hmac:00112233aabbccdd",)})  # fmt: skip
    path = tmp_path / "day.json"
    write_snapshot(path, Snapshot("rack", "six", 1.0, {"a": facts}, {"b": "no: hmac:00112233aabbccdd"}))
    assert "hmac:" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["day.json"]


def test_a_snapshot_is_read_back(tmp_path: Path) -> None:
    first = Snapshot("rack", "six", 1.5, fleet(3), {"compute-004": "silent"})
    path = tmp_path / "day.json"
    write_snapshot(path, first)
    assert read_snapshot(path) == first.without_seals()


def test_parts_that_came_later_are_unknown_and_parts_that_went_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    data = Snapshot("rack", "six", 1.5, {"a": host("a")}).to_json()
    del data["hosts"]["a"]["resolvers"]
    data["hosts"]["a"]["firmware"] = {"version": "7"}
    path.write_text(json.dumps(data), encoding="utf-8")
    found = read_snapshot(path)
    assert isinstance(found.facts["a"].resolvers, Unknown)
    told = difference(found, snapshot({"a": host("a")}))
    assert told.same
    assert list(told.unseen) == ["a"]


HEAD = '{"format": "deployday hosts", "version": '


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", HEAD + "1}", "\0", HEAD + "2}", "[" * 90_000,
                                  HEAD + '1, "site": "", "architecture": "", "taken": 1, "silent": {},'
                                  ' "hosts": {"a": {"node": 3}}}'])  # fmt: skip
def test_what_is_no_snapshot_is_wrong_usage(tmp_path: Path, text: str) -> None:
    path = tmp_path / "day.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"day\.json"):
        read_snapshot(path)


def test_files_that_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_snapshot(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be written"):
        write_snapshot(tmp_path / "none" / "day.json", snapshot({}))


def test_hosts_that_came_went_and_fell_silent() -> None:
    first = snapshot({"a": host("a"), "b": host("b"), "c": host("c")})
    second = snapshot({"a": later(host("a")), "d": host("d")}, c="it does not answer")
    found = difference(first, second)
    assert {node: [str(each) for each in changes] for node, changes in found.changes.items()} == {
        "b": ["host in the snapshot: there → absent"],
        "d": ["host in the snapshot: absent → there"]}  # fmt: skip
    assert found.unseen == {"c": ("it does not answer",)}


def test_a_part_that_is_no_longer_told_is_no_change() -> None:
    found = one(
        {}, {"packages": NO_TOOL, "files": {"/etc/nova/nova.conf": Unknown(unknown="no", denied=True)}}
    )
    assert found.same
    assert found.unseen == {"compute-1": ("packages: no such tool on this host", "/etc/nova/nova.conf: no")}


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(
    st.text(), inner)))  # fmt: skip
def test_what_has_no_seal_is_left_as_it_is(data: Any) -> None:
    assert unsealed(data) == data
