"""The resolved model: every leaf says how it is seen, every change shows in the fingerprint."""

import json
import random
from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.arch import Architecture, ClauseTable, load, parse
from harness.arch.comparators import NAMES, comparator
from harness.arch.leaves import Collection, Leaf, walk


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node")


def test_every_clause_has_a_known_comparator_and_a_json_value(arch: Architecture) -> None:
    for clause in arch.table.clauses.values():
        assert clause.comparator in NAMES
        assert json.loads(json.dumps(clause.value)) == clause.value
        assert clause.origin.file


def test_every_leaf_is_a_clause_and_every_map_a_collection(arch: Architecture) -> None:
    found = list(walk(arch.model))
    assert [path for path, _, mark in found if isinstance(mark, Leaf)] == list(arch.table.clauses)
    assert {
        path: mark.closed for path, _, mark in found if isinstance(mark, Collection)
    } == arch.table.collections


def test_only_objectives_may_be_verified_by_what_a_run_makes(arch: Architecture) -> None:
    assert {clause.area for clause in arch.table.clauses.values() if clause.measured} == {"objectives"}


def test_a_table_survives_being_stored(arch: Architecture) -> None:
    assert ClauseTable.from_json(json.loads(json.dumps(arch.table.to_json()))) == arch.table


def test_every_violable_leaf_can_be_changed_alone_and_then_contradicts(arch: Architecture) -> None:
    open_promises = set()
    for path, clause in arch.table.clauses.items():
        rule = comparator(clause.comparator)
        violated = rule.violate(clause.value)
        if violated is None:
            open_promises.add(clause.comparator)
            continue
        changed = arch.with_changes({path: violated}).table
        assert changed.fingerprint != arch.fingerprint
        assert not rule.holds(changed.clauses[path].value, clause.value)
        others = [
            other for other in arch.table.clauses if changed.clauses[other] != arch.table.clauses[other]
        ]
        assert others == [path]
    assert open_promises <= {"at_least", "nearly", "at_most"}


def test_all_violable_leaves_can_be_changed_together(arch: Architecture) -> None:
    changes = {path: comparator(c.comparator).violate(c.value) for path, c in arch.table.clauses.items()}
    changed = arch.with_changes({path: value for path, value in changes.items() if value is not None})
    assert changed.model.catalogue["compute"].public.port == 8775
    assert set(changed.table.clauses) == set(arch.table.clauses)
    assert changed.table.collections == arch.table.collections


def test_what_is_no_leaf_cannot_be_changed(arch: Architecture) -> None:
    with pytest.raises(KeyError):
        arch.with_changes({("compute", "flavors"): {}})
    with pytest.raises(ValidationError):
        arch.with_changes({parse('compute.flavors["m1.tiny"].ram'): "much"})


ONE = """\
deployday: 1
name: one
extends: essex/ubuntu-12.04
nodes:
  proxy: {roles: [identity, database, object-proxy]}
  storage-[1:3]: {roles: [object-storage], devices: [sdb, sdc]}
objects: {rings: {part_power: 10, weight: 50}}
config: {swift.conf: {a: 1, b: 2}}
"""
SAME = """\
# the same in other words
config:
  swift.conf: {b: 2, a: 1}
objects:
  rings:
    weight: 50      # light
    part_power: 10
nodes:
  storage-3: {devices: [sdc, sdb], roles: [object-storage]}
  storage-[1:2]: {devices: [sdb, sdc], roles: [object-storage]}
  proxy:
    roles: [object-proxy, database, identity]
extends: essex/ubuntu-12.04
name: another-name
deployday: 1
"""


def test_order_files_and_comments_do_not_change_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    one, other = tmp_path / "one.yaml", tmp_path / "deep" / "same.yaml"
    one.write_text(ONE)
    other.write_text(SAME)
    assert load(one).fingerprint == load(other).fingerprint


@pytest.mark.parametrize(
    "setting",
    [
        "objects.rings.part_power=11",
        "config.level=info",
        "identity.users=[admin]",
        "nodes.storage-4={roles: [object-storage], devices: [sdb]}",
    ],
)
def test_what_is_promised_changes_the_fingerprint(tmp_path: Path, setting: str) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(ONE)
    assert load(file, sets=[setting]).fingerprint != load(file).fingerprint


def test_nodes_count_by_their_numbers_not_their_order(tmp_path: Path) -> None:
    names = [f"storage-{number}" for number in range(1, 12)]
    random.Random(7).shuffle(names)
    nodes = "".join(f"  {name}: {{roles: [object-storage], devices: [sdb]}}\n" for name in names)
    file = tmp_path / "many.yaml"
    file.write_text(ONE.replace("  storage-[1:3]: {roles: [object-storage], devices: [sdb, sdc]}\n", nodes))
    devices = load(file).model.objects.rings["object"].devices
    assert {device.split("-")[1]: row.zone for device, row in devices.items()} == {
        f"{number}/sdb": number for number in range(1, 12)
    }


def test_rings_differ_where_one_says_so(tmp_path: Path) -> None:
    sets = [
        "objects.rings.object.part_power=14",
        "objects.rings.account.weight=10",
        "objects.rings.container.zone=each device",
    ]
    rings = load("essex/six-node", sets=sets).model.objects.rings
    assert [rings[name].part_power for name in ("account", "container", "object")] == [12, 12, 14]
    assert {device.weight for device in rings["account"].devices.values()} == {10}
    assert {device.weight for device in rings["object"].devices.values()} == {100}
    assert len({device.zone for device in rings["container"].devices.values()}) == 6


def test_disks_and_nodes_may_have_their_own_word() -> None:
    devices = "{sdb: {weight: 200}, sdc: {}}"
    sets = [
        f'nodes["storage-[1:3]"].devices={devices}',
        *(f"nodes.storage-{n}.zone={n + 6}" for n in (1, 2, 3)),
    ]
    sets.append("objects.rings={part_power: 12, replicas: 3}")
    overlaid = load("essex/six-node", sets=["objects.rings.zone=null", *sets])
    rows = overlaid.model.objects.rings["object"].devices
    assert (rows["storage-2/sdb"].weight, rows["storage-2/sdc"].weight) == (200, 100)
    assert {row.zone for row in rows.values()} == {7, 8, 9}
    clause = overlaid.table.clauses[("objects", "rings", "object", "devices", "storage-1/sdb", "weight")]
    assert "the disk's own weight" in str(clause.origin)
