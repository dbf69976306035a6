"""Read ring files and builder files of any Swift, in bounded memory.

Three formats of rings, all gzip: a bare pickle (Swift 1.4.8 of Essex and older), ``R1NG`` version 1 (Swift
1.8 and later: a JSON head, then arrays of 16 bits), ``R1NG`` version 2 (Swift 2.36 and later: sections with
an index and checksums at the end, device ids of up to 32 bits in network order). A builder file is a pickle
without gzip.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.rings.errors import RingError
from harness.rings.model import Builder, Device, Ring
from harness.rings.unpickle import unpickle

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_RING = 256 * 1024 * 1024
MOST_DEVICES = 1 << 20
_GZIP = b"\x1f\x8b"
_MAGIC = b"R1NG"
_WIDTHS = {1: "u1", 2: "u2", 4: "u4"}
_CHECKSUMS = ("md5", "sha1", "sha256", "sha512")
_UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)

Table = list[NDArray[np.uint32]]


def read_ring(data: bytes) -> Ring:
    """A ring from the content of its file; raises ``RingError`` that says what is wrong with it."""
    raw = _decompressed(data)
    try:
        if raw[:4] != _MAGIC:
            return _pickled(raw)
        version = struct.unpack_from("!H", raw, 4)[0]
        if version not in (1, 2):
            raise RingError(f"R1NG version {version}; versions 1 and 2 can be read")
        return _version_1(raw) if version == 1 else _version_2(raw)
    except RingError:
        raise
    except (struct.error, *_UNREADABLE) as error:
        raise RingError(f"not a ring: {type(error).__name__}: {error}") from None


def read_builder(data: bytes) -> Builder:
    """What a builder file says beyond its ring; raises ``RingError``."""
    if len(data) > LARGEST_RING:
        raise RingError(f"{len(data)} bytes; at most {LARGEST_RING} are read")
    content = unpickle(data)
    if not isinstance(content, dict):
        raise RingError(f"a builder is a dict, found a {type(content).__name__}")
    try:
        return Builder(
            part_power=_within("part_power", content["part_power"], 0, 32),
            replicas=float(content["replicas"]),
            min_part_hours=_within("min_part_hours", content["min_part_hours"], 0, 1 << 31),
            version=_within("version", content.get("version", 0), 0, 1 << 62),
        )
    except RingError:
        raise
    except _UNREADABLE as error:
        raise RingError(f"not a builder: {type(error).__name__}: {error}") from None


def _decompressed(data: bytes) -> bytes:
    if not data:
        raise RingError("the file is empty")
    if len(data) > LARGEST_FILE:
        raise RingError(f"{len(data)} bytes; a ring file of at most {LARGEST_FILE} is read")
    if data[:2] != _GZIP:
        raise RingError(f"not a ring file: it begins with {data[:4]!r}, not as gzip does")
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        raw = reader.decompress(data, LARGEST_RING)
    except zlib.error as error:
        raise RingError(f"the gzip data is damaged: {error}") from None
    if reader.unconsumed_tail:
        raise RingError(f"the ring unpacks to more than {LARGEST_RING} bytes")
    if not reader.eof:
        raise RingError(f"the file is torn: its gzip data does not end after {len(data)} bytes")
    if reader.unused_data:
        raise RingError(f"{len(reader.unused_data)} bytes follow the end of the ring")
    return raw


def _pickled(raw: bytes) -> Ring:
    content = unpickle(raw)
    if not isinstance(content, dict):
        raise RingError(f"a pickled ring is a dict, found a {type(content).__name__}")
    rows = content["replica2part2dev_id"]
    if not isinstance(rows, list) or not all(isinstance(row, array) for row in rows):
        raise RingError("replica2part2dev_id is not a list of arrays")
    table = [np.array(row, dtype=np.uint32) for row in rows]
    return _ring("pickle", 32 - _within("part_shift", content["part_shift"], 0, 32), content["devs"], table)


def _version_1(raw: bytes) -> Ring:
    length = struct.unpack_from("!I", raw, 6)[0]
    if 10 + length > len(raw):
        raise RingError(f"the head claims {length} bytes, {len(raw) - 10} are there")
    head = _json(raw[10 : 10 + length], "head")
    order = {"little": "<", "big": ">"}[head.get("byteorder", "little")]
    power = 32 - _within("part_shift", head["part_shift"], 0, 32)
    body = raw[10 + length :]
    replicas = _within("replica_count", head["replica_count"], 0, 1 << 16)
    table = _rows(body, f"{order}u2", power)
    if len(table) != replicas:
        raise RingError(f"{replicas} rows of replicas were announced, {len(table)} are there")
    return _ring("R1NG 1", power, head["devs"], table)


def _version_2(raw: bytes) -> Ring:
    start = struct.unpack_from("!Q", raw, len(raw) - 16)[0]
    index = _json(_blob(raw, start, len(raw) - 16), "index")
    head = _json(_section(raw, index, "swift/ring/metadata"), "metadata")
    devices = json.loads(_section(raw, index, "swift/ring/devices"))
    power = 32 - _within("part_shift", head["part_shift"], 0, 32)
    width = _WIDTHS.get(head["dev_id_bytes"])
    if width is None:
        raise RingError(f"device ids of {head['dev_id_bytes']!r} bytes; 1, 2 or 4 can be read")
    table = _rows(_section(raw, index, "swift/ring/assignments"), f">{width}", power)
    return _ring("R1NG 2", power, devices, table)


def _section(raw: bytes, index: Mapping[str, Any], name: str) -> bytes:
    if name not in index:
        raise RingError(f"there is no section {name}")
    _, start, _, end, method, digest = index[name]
    blob = _blob(raw, int(start), int(end))
    if method not in _CHECKSUMS:
        raise RingError(f"section {name}: checksum {method!r} is not known")
    found = hashlib.new(method, raw[int(start) : int(end)], usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(found, str(digest)):
        raise RingError(f"section {name} is damaged: its {method} is {found}, expected {digest}")
    return blob


def _blob(raw: bytes, start: int, end: int) -> bytes:
    """A length and as many bytes, between two offsets."""
    if not 6 <= start <= end - 8 <= len(raw):
        raise RingError(f"a section from byte {start} to {end} of {len(raw)}")
    length = struct.unpack_from("!Q", raw, start)[0]
    if start + 8 + length > min(end, len(raw)):
        raise RingError(f"the section at byte {start} claims {length} bytes")
    return raw[start + 8 : start + 8 + length]


def _json(data: bytes, name: str) -> Mapping[str, Any]:
    content = json.loads(data)
    if not isinstance(content, dict):
        raise RingError(f"the {name} is no JSON object")
    return content


def _rows(body: bytes, kind: str, power: int) -> Table:
    """Rows of one replica each; the last may be short."""
    size = np.dtype(kind).itemsize
    if len(body) % size:
        raise RingError(f"{len(body)} bytes of device ids, {size} bytes each: the table is torn")
    flat = np.frombuffer(body, dtype=kind).astype(np.uint32)
    return [flat[at : at + (1 << power)] for at in range(0, len(flat), 1 << power)]


def _ring(format: str, power: int, devices: Any, table: Sequence[NDArray[np.uint32]]) -> Ring:
    if not isinstance(devices, list) or len(devices) > MOST_DEVICES:
        raise RingError("the devices are not a list, or too many")
    found = tuple(_device(place, row) for place, row in enumerate(devices) if row is not None)
    known = np.zeros(len(devices) + 1, dtype=bool)
    known[[device.id for device in found]] = True
    for number, row in enumerate(table):
        last = number == len(table) - 1
        if len(row) != 1 << power and not (last and 0 < len(row) < 1 << power):
            raise RingError(f"replica {number} has {len(row)} partitions, expected {1 << power}")
        strangers = row[~known[np.minimum(row, len(devices))]]
        if len(strangers):
            raise RingError(
                f"replica {number}: {len(strangers)} partitions on device {strangers[0]}, which is not there"
            )
    return Ring(power, found, tuple(table), format)


def _device(place: int, row: Any) -> Device:
    if not isinstance(row, dict):
        raise RingError(f"device {place} is a {type(row).__name__}")
    number = row.get("id", place)
    if number != place:
        raise RingError(f"the device at place {place} says that its id is {number!r}")
    return Device(
        id=place,
        region=_within("region", row.get("region", 1), 0, 1 << 31),
        zone=_within("zone", row["zone"], 0, 1 << 31),
        ip=str(row["ip"]),
        port=_within("port", row["port"], 0, 65535),
        name=str(row["device"]),
        weight=_weight(row["weight"]),
        meta=str(row.get("meta", "")),
    )


def _weight(value: Any) -> float:
    weight = float(value)
    if not 0 <= weight < 1e15:
        raise RingError(f"a weight of {weight}")
    return weight


def _within(name: str, value: Any, least: int, most: int) -> int:
    if type(value) not in (int, float) or value != int(value) or not least <= value <= most:
        raise RingError(f"{name} is {value!r}, expected a number from {least} to {most}")
    return int(value)
