"""Hostile and random files: one clear error, no effect, bounded memory and time."""

import gzip
import json
import os
import pickle
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.rings import RingError, audit, builders, formats, read_builder, read_ring
from harness.rings.model import Ring
from harness.rings.unpickle import unpickle
from tests.rings.defects import sound, written

FIXTURES = Path(__file__).parent / "fixtures"
HERE = Path(__file__).parent / "hostile.py"
MB = 1024 * 1024
REACH = b"cposix\nsystem\n(S'touch {}'\nt"

CALLS = {
    "GLOBAL REDUCE": REACH + b"R.",
    "INST": b"(S'touch {}'\niposix\nsystem\n.",
    "OBJ": b"(cposix\nsystem\nS'touch {}'\no.",
    "NEWOBJ": b"cposix\nsystem\n(S'touch {}'\nt\x81.",
    "NEWOBJ_EX": b"cposix\nsystem\n(S'touch {}'\nt}\x92.",
    "STACK_GLOBAL": b"S'posix'\nS'system'\n\x93(S'touch {}'\ntR.",
    "BUILD": b"cswift.common.ring.ring\nRingData\n)\x81" + REACH + b"Rb.",
    "BUILD with slots": b"cswift.common.ring.ring\nRingData\n)\x81N}S'x'\nK\x01s\x86b.",
    "PERSID": b"Ptouch {}\n.",
    "BINPERSID": b"S'touch {}'\nQ.",
    "EXT1": b"\x82\x01.",
    "EXT2": b"\x83\x01\x00.",
    "EXT4": b"\x84\x01\x00\x00\x00.",
    "POP": REACH + b"R0N.",
    "POP_MARK": b"(" + REACH + b"R1N.",
    "DUP": REACH + b"R2.",
    "FRAME": b"\x80\x04\x95\x01\x00\x00\x00\x00\x00\x00\x00N.",
    "MEMOIZE": b"N\x94.",
    "BINBYTES": b"B\x01\x00\x00\x00x.",
    "SHORT_BINBYTES": b"C\x01x.",
    "BINBYTES8": b"\x8e" + b"\xff" * 8 + b".",
    "BYTEARRAY8": b"\x96" + b"\xff" * 8 + b".",
    "BINUNICODE8": b"\x8d" + b"\xff" * 8 + b".",
    "SHORT_BINUNICODE": b"\x8c\x01x.",
    "NEXT_BUFFER": b"\x97.",
    "READONLY_BUFFER": b"N\x98.",
    "EMPTY_SET": b"\x8f.",
    "ADDITEMS": b"\x8f(K\x01\x90.",
    "FROZENSET": b"(K\x01\x91.",
    "LONG4": b"\x8b\xff\xff\xff\x7f.",
    "copyreg": b"ccopy_reg\n_reconstructor\n(c__builtin__\nlist\nc__builtin__\nobject\nNtR.",
    "eval": b"c__builtin__\neval\n(S'1+1'\ntR.",
    "getattr": b"cbuiltins\ngetattr\n(cos\nenviron\nS'get'\ntR.",
    "array of an object": b"carray\narray\n(S'O'\n(lp0\ntR.",
    "array without call": b"carray\narray\n.",
    "the class as a ring": b"cswift.common.ring.ring\nRingData\n.",
    "another class of Swift": b"cswift.common.utils\nLogAdapter\n)\x81.",
    "arguments for a ring": b"cswift.common.ring.ring\nRingData\n(K\x01t\x81.",
}


@pytest.mark.parametrize("name", CALLS)
def test_no_operation_has_an_effect(name: str, tmp_path: Path) -> None:
    witness = tmp_path / "was-here"
    data = CALLS[name].replace(b"{}", str(witness).encode())
    before = set(sys.modules)
    for reader, content in ((formats.ring, gzip.compress(data)), (builders.builder, data), (unpickle, data)):
        with pytest.raises(RingError):
            reader(content)  # type: ignore[operator]
    assert not witness.exists()
    assert set(sys.modules) == before


def test_every_operation_is_known_or_refused() -> None:
    """All 256 first bytes, each with something to chew on: plain data or a RingError."""
    for code in range(256):
        for tail in (b".", b"\x00" * 8 + b".", b"1\n1\n.", b"K\x01K\x02."):
            for head in (b"", b"(", b"]", b"}", b"N", b"(K\x01", b"]K\x01"):
                try:
                    unpickle(head + bytes([code]) + tail)
                except RingError as error:
                    readable(error)


def _bomb() -> bytes:
    """A gigabyte of zeros in a megabyte, that says it is small."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(b"\0" * (16 * MB)) for _ in range(18)) + packer.flush()
    return data[:-4] + struct.pack("<I", 100)


def _head(**values: object) -> bytes:
    text = json.dumps({"devs": [], "part_shift": 30, "replica_count": 1} | values).encode()
    return gzip.compress(b"R1NG" + struct.pack("!HI", 1, len(text)) + text)


def _array(values: bytes) -> bytes:
    return b"carray\narray\n(S'H'\n" + values + b"tR"


HUGE = {
    "bomb": ("ring", _bomb, 16),
    "bomb that says its size": ("ring", lambda: _bomb()[:-4] + struct.pack("<I", 288 * MB), 16),
    "256 MB of zeros": ("ring", lambda: gzip.compress(b"\0" * (256 * MB), 1), 560),
    "a power of 32": ("ring", lambda: _head(part_shift=0), 16),
    "many replicas": ("ring", lambda: _head(replica_count=65536), 16),
    "many devices": ("ring", lambda: _head(devs=[None] * (1 << 21)), 120),
    "deep JSON": ("ring", lambda: gzip.compress(b"R1NG" + struct.pack("!HI", 1, MB) + b"[" * MB), 80),
    "memo": ("builder", lambda: b"\x80\x02Nr\xff\xff\xff\x7f.", 16),
    "many operations": ("builder", lambda: b"](" + b"N" * (8 * MB) + b"e.", 520),
    "many dicts": ("builder", lambda: b"](" + b"}" * (8 * MB) + b"e.", 520),
    "many runs": ("builder", lambda: b"]" + (b"(" + b"M\xff\xff" * 1000 + b"e") * 8000 + b".", 520),
    "one run": ("builder", lambda: b"](" + b"M\xff\xff" * (4 * MB) + b"e.", 520),
    "one list in many arrays": (
        "builder",
        lambda: b"(" + _array(b"(" + b"K\x01" * 10000 + b"lp0\n") + _array(b"g0\n") * 20000 + b"t.",
        120,
    ),
    "text": ("builder", lambda: b"T" + struct.pack("<I", 32 * MB) + b"\xff" * (32 * MB) + b".", 320),
    "lines": ("builder", lambda: b"(" + b"I1\n" * (2 * MB) + b"t.", 320),
}  # fmt: skip


QUICK = ("a power of 32", "many replicas", "memo", "one list in many arrays")


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.matrix) for n in HUGE]
)
def test_memory_stays_within_its_bound(name: str, tmp_path: Path) -> None:
    """Read under an address-space limit: the stated megabytes beyond the interpreter, and never a hang."""
    kind, make, megabytes = HUGE[name]
    path = tmp_path / "file"
    path.write_bytes(make())
    command = [sys.executable, str(HERE), kind, str(path), str(megabytes)]
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("refused: ")
    assert len(done.stdout) < 500


def test_real_rings_need_little(tmp_path: Path) -> None:
    """A ring of power 20 in its own size, twice over."""
    rows = [row.repeat(1 << 12) for row in sound().table]
    big = Ring(20, sound().devices, tuple(rows), version=1)
    path = tmp_path / "ring"
    path.write_bytes(written(big))
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[2])}
    command = [sys.executable, str(HERE), "ring", str(path), "14"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert (done.stdout, done.stderr) == ("read", "")


def seeds() -> list[bytes]:
    """Files of every format: Essex's own, version 1 of ours, and what today's Swift writes."""
    found = [path.read_bytes() for path in sorted(FIXTURES.glob("*.gz"))] + [written(sound())]
    try:
        from tests.rings.generated import files, healthy

        pytest.importorskip("swift.common.ring")
        found += [files(healthy(20261125), version)[0] for version in (1, 2)]
    except ImportError:
        pass
    return found


SEEDS = [bytes(gzip.decompress(data)) for data in seeds()]
BUILDERS = [path.read_bytes() for path in sorted(FIXTURES.glob("*.builder"))]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, cut, repeated, or numbers made huge."""
    found = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at, size = dice.randrange(len(found) + 1), dice.randint(1, 16)
        change = dice.choice(("set", "cut", "repeat", "huge", "zero", "move"))
        if change == "set":
            found[at : at + 1] = bytes([dice.randrange(256)])
        elif change == "cut":
            del found[at : at + size * dice.choice((1, 100))]
        elif change == "repeat":
            found[at:at] = found[at : at + size]
        elif change == "move":
            other = dice.randrange(len(found) + 1)
            found[at : at + size] = found[other : other + size]
        else:
            found[at : at + size] = (b"\xff" if change == "huge" else b"\0") * size
        found = found or bytearray(b"R")
    return bytes(found)


def fuzz(rounds: int, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(rounds):
        raw = mutated(dice.choice(SEEDS), dice)
        if dice.random() < 0.5:
            raw = mutated(raw, dice)
        packed = gzip.compress(raw, 1)
        for data in (packed, mutated(packed, dice)) if dice.random() < 0.1 else (packed,):
            judged(data)
        try:
            read_builder(mutated(dice.choice(BUILDERS), dice))
        except RingError as error:
            readable(error)


def readable(error: RingError) -> None:
    assert 0 < len(str(error)) < 600


def judged(data: bytes) -> None:
    """A RingError of readable length, or a ring that can be audited."""
    try:
        ring = read_ring(data)
    except RingError as error:
        readable(error)
        return
    assert audit(ring).findings is not None
    assert len(ring.digest) == 64


def test_damaged_files_are_read_or_refused() -> None:
    begin = time.process_time()
    fuzz(60, 1)
    assert time.process_time() - begin < 60


@pytest.mark.matrix
@pytest.mark.parametrize("seed", range(40))
def test_many_damaged_files_are_read_or_refused(seed: int) -> None:
    fuzz(1500, 1000 + seed)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(SEEDS) - 1), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=9)), max_size=4)
)
def test_splices(which: int, pieces: list[tuple[float, bytes]]) -> None:
    raw = SEEDS[which]
    for place, piece in pieces:
        at = int(place * len(raw))
        raw = raw[:at] + piece + raw[at + len(piece) :]
    judged(gzip.compress(raw, 1))


@pytest.mark.parametrize("name", ["account", "container", "object"])
def test_objects_that_swift_pickled_before_essex(name: str) -> None:
    """Not dicts but objects of two classes; what they hold is read, the classes are not."""
    content = unpickle(gzip.decompress((FIXTURES / f"{name}.ring.gz").read_bytes()))
    rows = b"".join(
        b"carray\narray\n(S'H'\n(" + _numbers(row) + b"ltR" for row in content["replica2part2dev_id"]
    )
    devs = pickle.dumps(content["devs"], protocol=2)[2:-1]
    state = b"}(S'devs'\n" + devs + b"S'_part_shift'\nK\x16S'_replica2part2dev_id'\n(" + rows + b"lu"
    data = b"\x80\x02cswift.common.ring.ring\nRingData\n)\x81" + state + b"b."
    assert (
        read_ring(gzip.compress(data)).digest == read_ring((FIXTURES / f"{name}.ring.gz").read_bytes()).digest
    )


def _numbers(row: object) -> bytes:
    return b"".join(b"K" + bytes([int(number)]) for number in row)  # type: ignore[attr-defined]
