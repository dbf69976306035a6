"""Rings of three formats, and files that only look like rings."""

import gzip
import json
import pickle
import struct
from array import array
from hashlib import md5
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.rings import RingError, gzipped, read_builder, read_ring

FIXTURES = Path(__file__).parent / "fixtures"
RINGS = ("account", "container", "object")
DEVICES = [
    {"id": 0, "zone": 1, "weight": 100.0, "ip": "10.0.0.1", "port": 6000, "device": "sdb", "meta": ""},
    None,
    {"id": 2, "zone": 2, "weight": 50, "ip": "10.0.0.2", "port": 6000, "device": "sdb", "region": 4},
]
ROWS = [[0, 2, 0, 2], [2, 0, 2, 0]]


def pickled(rows: object = None, devices: object = None, shift: object = 30) -> bytes:
    """As Python 2.7 writes it: protocol 2, arrays made of lists."""
    content = {
        "devs": DEVICES if devices is None else devices,
        "part_shift": shift,
        "replica2part2dev_id": [array("H", row) for row in ROWS] if rows is None else rows,
    }
    return gzip.compress(pickle.dumps(content, protocol=2), mtime=0)


def version_1(head: dict[str, object] | None = None, body: bytes | None = None) -> bytes:
    summary = {"devs": DEVICES, "part_shift": 30, "replica_count": 2, "byteorder": "little"} | (head or {})
    text = json.dumps(summary).encode()
    table = b"".join(struct.pack("<4H", *row) for row in ROWS) if body is None else body
    return gzip.compress(b"R1NG" + struct.pack("!HI", 1, len(text)) + text + table, mtime=0)


@pytest.mark.parametrize("name", RINGS)
def test_rings_of_essex(name: str) -> None:
    """Made and read by Swift 1.4.8, whose own answers stand in placements.json."""
    ring = read_ring((FIXTURES / f"{name}.ring.gz").read_bytes())
    builder = read_builder((FIXTURES / f"{name}.builder").read_bytes())
    assert (ring.format, ring.part_power, ring.replicas, ring.balance) == ("pickle", 10, 3, 0.0)
    assert (builder.part_power, builder.replicas, builder.min_part_hours) == (10, 3.0, 1)
    assert [(d.id, d.region, d.zone, d.ip, d.name, d.weight) for d in ring.devices] == [
        (n, 1, n + 1, "127.0.0.1", f"sdb{n + 1}", 100.0) for n in range(4)
    ]
    assert sum(ring.parts.values()) == 3 * 1024
    placements = json.loads((FIXTURES / "placements.json").read_text())
    suffix = placements["hash_path_suffix"]
    for row in placements["rings"][f"{name}.ring.gz"]:
        path = "/" + "/".join(row[part] for part in ("account", "container", "object") if row[part])
        digest = md5((path + suffix).encode()).digest()
        partition = struct.unpack(">I", digest[:4])[0] >> (32 - ring.part_power)
        assert partition == row["partition"]
        assert list(ring.primaries(partition)) == row["primaries"]


def test_the_three_rings_differ() -> None:
    digests = {read_ring((FIXTURES / f"{name}.ring.gz").read_bytes()).digest for name in RINGS}
    assert len(digests) == 3


def test_formats_say_the_same() -> None:
    old, new = read_ring(pickled()), read_ring(version_1())
    assert (old.format, new.format) == ("pickle", "R1NG 1")
    assert old.digest == new.digest
    big = version_1({"byteorder": "big"}, b"".join(struct.pack(">4H", *row) for row in ROWS))
    assert read_ring(big).digest == old.digest
    assert old.devices[1].region == 4
    assert (old.parts, old.balance) == ({0: 4, 2: 4}, 50.0)


def test_arrays_of_python_2_6() -> None:
    """Python 2.6 pickles an array as its bytes, which are text to it."""
    raw = struct.pack("<4H", *ROWS[0]), struct.pack("<4H", *ROWS[1])
    rows = b"".join(b"carray\narray\nU\x01HU" + bytes([len(row)]) + row + b"\x86R" for row in raw)
    devices = pickle.dumps(DEVICES, protocol=2)[2:-1]
    content = (
        b"\x80\x02}(U\x04devs" + devices + b"U\x0apart_shiftK\x1eU\x13replica2part2dev_id](" + rows + b"eu."
    )
    assert read_ring(gzip.compress(content)).digest == read_ring(pickled()).digest


def test_a_part_of_a_replica() -> None:
    ring = read_ring(pickled([array("H", ROWS[0]), array("H", [2])]))
    assert ring.replicas == 1.25
    assert (ring.primaries(0), ring.primaries(1)) == ((0, 2), (2,))


def test_a_weightless_device_with_partitions_is_far_off() -> None:
    devices = [DEVICES[0], None, DEVICES[2] | {"weight": 0}]
    assert read_ring(pickled(devices=devices)).balance == 999.99
    assert read_ring(pickled(devices=devices, rows=[array("H", [0, 0, 0, 0])])).balance == 0.0


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "empty"),
        (b"not a ring", "does not|begins with"),
        (gzip.compress(b"", mtime=0), "torn"),
        (gzip.compress(b"R1NG\x00\x09", mtime=0), "version 9"),
        (gzip.compress(b"R1NG", mtime=0), "not a ring"),
        (pickled()[:-9], "torn"),
        (pickled() + b"tail", "follow the end"),
        (pickled()[:20] + b"\xff" * 20 + pickled()[40:], "damaged"),
        (gzip.compress(pickle.dumps([1], protocol=2), mtime=0), "a pickled ring is a dict"),
        (gzip.compress(pickle.dumps({"part_shift": 30}, protocol=2), mtime=0), "replica2part2dev_id"),
        (pickled(shift=99), "part_shift is 99"),
        (pickled(shift="30"), "part_shift"),
        (pickled(rows=[[0, 0, 0, 0]]), "not a list of arrays"),
        (pickled(rows=[array("H", [0, 0])]), None),
        (pickled(rows=[array("H", [0, 0]), array("H", [0, 0, 0, 0])]), "2 partitions, expected 4"),
        (pickled(devices=[DEVICES[0] | {"id": 7}]), "says that its id is 7"),
        (pickled(devices=[DEVICES[0] | {"weight": float("nan")}]), "weight of nan"),
        (pickled(devices=[{"id": 0}]), "zone"),
        (pickled(devices={}), "not a list"),
        (version_1({"byteorder": "middle"}), "middle"),
        (version_1({"replica_count": 3}), "3 rows of replicas were announced"),
        (version_1(body=b"\x00\x00\x00"), "torn"),
        (gzip.compress(b"R1NG" + struct.pack("!HI", 1, 1 << 31), mtime=0), "claims 2147483648 bytes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(data: bytes, complaint: str | None) -> None:
    if complaint is None:
        assert read_ring(data).replicas == 0.5
        return
    with pytest.raises(RingError, match=complaint):
        read_ring(data)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzipped, "LARGEST_RING", 1_000_000)
    with pytest.raises(RingError, match="more than 1000000 bytes"):
        read_ring(gzip.compress(b"\0" * 50_000_000))
    monkeypatch.setattr(gzipped, "LARGEST_FILE", 10)
    with pytest.raises(RingError, match="at most 10"):
        read_ring(pickled())


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ([1, 2], "a builder is a dict, found a list"),
        ({"part_power": 10, "min_part_hours": 1}, "replicas"),
        ({"part_power": "ten", "replicas": 3, "min_part_hours": 1}, "part_power"),
        ({"part_power": 10, "replicas": 3, "min_part_hours": -1}, "min_part_hours"),
    ],
)
def test_bad_builders(content: object, complaint: str) -> None:
    with pytest.raises(RingError, match=complaint):
        read_builder(pickle.dumps(content, protocol=2))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_damage_is_a_ring_error_and_nothing_else(noise: bytes, place: int) -> None:
    for whole in (pickled(), version_1()):
        raw = gzip.decompress(whole)
        for torn in (raw[:place], raw[:place] + noise + raw[place:], noise):
            try:
                read_ring(gzip.compress(torn, compresslevel=1))
            except RingError:
                continue


class TestToday:
    """Files that today's Swift writes; our reader knows nothing of Swift."""

    @pytest.fixture
    def builder(self, tmp_path: Path) -> Path:
        module = pytest.importorskip("swift.common.ring.builder")
        made = module.RingBuilder(8, 3, 1)
        for node in range(4):
            device = {
                "region": 1,
                "zone": node,
                "ip": f"127.77.1.{node}",
                "port": 6200,
                "device": "sdb",
                "weight": 100,
            }
            made.add_dev(device)
        made.rebalance(seed=1)
        made.save(str(tmp_path / "object.builder"))
        for version in (1, 2):
            made.get_ring().save(str(tmp_path / f"v{version}.ring.gz"), format_version=version)
        return tmp_path

    def test_versions_1_and_2(self, builder: Path) -> None:
        first, second = (read_ring((builder / f"v{n}.ring.gz").read_bytes()) for n in (1, 2))
        assert (first.format, second.format) == ("R1NG 1", "R1NG 2")
        assert first.digest == second.digest
        assert (first.part_power, first.replicas, len(first.devices)) == (8, 3, 4)
        assert first.balance < 1

    def test_the_balance_is_the_builders_own(self, builder: Path) -> None:
        module = pytest.importorskip("swift.common.ring.builder")
        theirs = module.RingBuilder.load(str(builder / "object.builder")).get_balance()
        assert read_ring((builder / "v1.ring.gz").read_bytes()).balance == pytest.approx(theirs, abs=0.01)

    def test_builders(self, builder: Path) -> None:
        read_back = read_builder((builder / "object.builder").read_bytes())
        assert (read_back.part_power, read_back.replicas, read_back.min_part_hours) == (8, 3.0, 1)

    def test_a_damaged_section_is_noticed(self, builder: Path) -> None:
        raw = bytearray(gzip.decompress((builder / "v2.ring.gz").read_bytes()))
        place = raw.index(b"127.77.1.2")
        raw[place : place + 10] = b"127.77.9.9"
        with pytest.raises(RingError, match=r"section swift/ring/devices is damaged"):
            read_ring(gzip.compress(bytes(raw)))
