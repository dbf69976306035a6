"""A picture counts what is there, says what the audit says, and stays small whatever the ring."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.rings import Device, Ring, audit, picture
from harness.rings.picture import MOST_CELLS, MOST_ROWS, short
from tests.rings.drawn import named, overfull, sound, torn


def written(drawn: dict[str, Any]) -> int:
    return len(json.dumps(drawn, separators=(",", ":")).encode())


@st.composite
def rings(draw: st.DrawFn) -> Ring:
    """Any ring at all: devices anywhere, weights of 0, ids that nobody has, a short last row."""
    power, count = draw(st.integers(0, 8)), draw(st.integers(1, 90))
    dice = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    zones, hosts = draw(st.integers(1, 70)), draw(st.integers(1, 80))
    devices = [
        Device(
            number * 2,
            1 + number % 2,
            int(dice.integers(zones)),
            f"10.0.0.{dice.integers(hosts)}",
            6000,
            "sd",
            w,
        )
        for number, w in enumerate(dice.choice([0.0, 1.0, 100.0, 1000.0], count).tolist())
    ]
    rows = [
        dice.integers(0, 2 * count + 2, 1 << power).astype(np.uint16) for _ in range(draw(st.integers(1, 4)))
    ]
    rows[-1] = rows[-1][: draw(st.integers(1, 1 << power))]
    return Ring(power, tuple(devices), tuple(rows), "R1NG v1")


@given(rings())
@settings(max_examples=60, deadline=None)
def test_every_replica_is_in_exactly_one_cell(ring: Ring) -> None:
    drawn = picture(audit(ring))["map"]
    cells = np.array([row["cells"] for row in drawn["rows"]])
    assert cells.shape == (len(drawn["rows"]), len(drawn["columns"]))
    assert cells.sum(axis=0).tolist() == drawn["columns"]
    assert cells.sum() == ring.assigned
    assert cells.sum(axis=1).tolist() == [row["held"] for row in drawn["rows"]]
    assert drawn["width"] * len(drawn["columns"]) == ring.partitions


@given(rings())
@settings(max_examples=60, deadline=None)
def test_it_says_what_the_audit_says(ring: Ring) -> None:
    found = audit(ring)
    drawn = picture(found)
    shared = {one["level"]: one for one in drawn["map"]["together"]}
    for level in found.levels:
        cells = shared[level.level]["cells"] if level.level in shared else [0]
        assert sum(cells) == level.excess
    assert all(row["least"] <= row["most"] for row in drawn["map"]["rows"])
    assert (drawn["errors"], drawn["warnings"]) == (len(found.errors), len(found.warnings))


@given(rings())
@settings(max_examples=40, deadline=None)
def test_it_is_small_and_plain(ring: Ring) -> None:
    drawn = picture(audit(ring))
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn
    assert written(drawn) < 40_000
    assert len(drawn["map"]["rows"]) <= MOST_ROWS + 1
    assert len(drawn["map"]["rows"]) * len(drawn["map"]["columns"]) <= MOST_CELLS


@pytest.mark.parametrize(
    ("zones", "servers", "disks", "level", "rows"),
    [(3, 2, 10, "device", 60), (3, 20, 2, "server", 60), (3, 21, 2, "zone", 3), (90, 1, 1, "region", 1)],
)
def test_rows_are_what_is_few_enough(zones: int, servers: int, disks: int, level: str, rows: int) -> None:
    drawn = picture(audit(sound(12, zones, servers, disks)))["map"]
    assert (drawn["level"], len(drawn["rows"])) == (level, rows)


def test_a_device_that_is_overfull_among_many_has_a_row_of_its_own() -> None:
    drawn = picture(audit(overfull(sound(14, 5, 12, 5), 17, 250)))["map"]
    assert drawn["level"] == "server"
    assert [row["label"].split()[0] for row in drawn["spots"]] == ["d17"]
    assert drawn["spots"][0]["held"] > 1.5 * drawn["spots"][0]["most"]
    assert picture(audit(sound(14, 5, 12, 5)))["map"]["spots"] == []


def test_a_torn_ring_shows_where() -> None:
    drawn = picture(audit(torn(sound(12))))["map"]
    assert drawn["rows"][-1]["label"] == "no device"
    assert drawn["rows"][-1]["held"] == 40
    assert np.flatnonzero(drawn["rows"][-1]["cells"]).tolist() == [0]
    shared = {one["level"]: np.flatnonzero(one["beyond"]).tolist() for one in drawn["together"]}
    assert shared["device"] == [100 // drawn["width"], 159 // drawn["width"]][: len(shared["device"])]
    idle = next(row for row in drawn["rows"] if row["label"].startswith("d1 "))
    assert (idle["most"], idle["held"] > 0) == (0.0, True)


def test_zones_are_held_against_their_weight() -> None:
    drawn = picture(audit(overfull(sound(12), 2, 600)))
    assert [zone["label"] for zone in drawn["zone_shares"]] == ["r1z1", "r1z2", "r1z3"]
    assert sum(zone["held"] for zone in drawn["zone_shares"]) == drawn["assigned"]
    second = drawn["zone_shares"][1]
    assert second["off"] > 5
    assert second["worst"].startswith("d2 ")
    assert second["worst_off"] > 25


def test_addresses_stand_in_their_order() -> None:
    drawn = picture(audit(sound(10, 1, 12, 1)))["map"]
    assert [row["label"].split(":")[0] for row in drawn["rows"]][8:10] == [
        "d8 r1z1-10.0.1.9",
        "d9 r1z1-10.0.1.10",
    ]


@pytest.mark.parametrize(
    "name", ["\x00\x1b[31m" * 60, "\u202e" * 500, "\U0001d54f" * 200, '"\\' * 300, "<script>" * 50]
)
def test_hostile_names_take_no_room(name: str) -> None:
    drawn = picture(audit(named(sound(12, 3, 2, 10), name)))
    assert written(drawn) < 40_000
    assert len(short(name)) <= 64


@pytest.mark.parametrize(
    "ring", [Ring(4, (), ()), Ring(4, sound(4).devices, ()), Ring(0, (), (np.zeros(1, np.uint16),))]
)
def test_a_ring_of_nothing_can_be_drawn(ring: Ring) -> None:
    drawn = picture(audit(ring))
    assert (drawn["map"] is None) == (ring.assigned == 0)
    assert drawn["errors"] >= 1


def test_the_largest_pictures_are_bounded() -> None:
    for servers, disks in ((2, 10), (20, 2), (12, 40)):
        ring = torn(overfull(sound(18, 3, servers, disks), 7, 3000))
        assert written(picture(audit(ring))) < 40_000
