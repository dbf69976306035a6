"""A reader of pickles that can build nothing but plain data.

Unpickling a file from a host with Python's own unpickler runs whatever the file says. This one knows the few
operations of protocols 0 to 2 that Swift's ring and builder files are made of: dicts, lists, tuples, text,
numbers, and arrays of numbers. It calls nothing; any other operation is an error.

Arrays come out as numpy's, a long run of numbers is kept as one. Memory is bounded: at most ``MOST_STEPS``
operations of at most 120 bytes each, ``MOST_NUMBERS`` numbers in lists of 40, and four times the input.
"""

from __future__ import annotations

import pickle  # the names of its operations; loads() is only given numbers, see _batch
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from harness.rings.errors import RingError

MOST_STEPS = 1 << 21
MOST_NUMBERS = 1 << 22
_WRONG = (IndexError, KeyError, TypeError, ValueError, OverflowError, struct.error)
_WIDTHS = {"B": "u1", "H": "u2", "I": "u4", "L": "u4"}
_SCALARS = frozenset({str, int, float, bool, type(None)})
_OBJECTS = frozenset(
    {(b"swift.common.ring.ring", b"RingData"), (b"swift.common.ring.builder", b"RingBuilder")}
)
_BATCH = re.compile(rb"\((?:K.|M..|J....)++e", re.DOTALL)


class _Mark:
    """The place on the stack from which values are taken together."""


class _ArrayType:
    """Stands for ``array.array`` where a pickle names it."""


class _ObjectType:
    """Stands for the two classes whose objects Swift pickled before Essex; nothing else can be named."""


class _State(dict[str, Any]):
    """What such an object held."""


class _Numbers:
    """Numbers that were appended to a list together; they become plain ones where the list stays a list."""

    def __init__(self, values: list[int]) -> None:
        self.values = np.array(values, dtype=np.min_scalar_type(max(values)) if min(values) >= 0 else None)


def unpickle(data: bytes) -> Any:
    """The plain data in a pickle; raises ``RingError`` for anything that is not plain data, or is torn."""
    machine, steps = _Machine(data), 0
    while (code := machine.take(1)) != pickle.STOP:
        operation = _OPERATIONS.get(code)
        steps += 1
        if operation is None:
            raise RingError(f"byte {machine.at - 1}: the pickle asks for {code!r}, which no ring needs")
        if steps > MOST_STEPS:
            raise RingError(f"byte {machine.at}: the pickle takes more than {MOST_STEPS} operations")
        try:
            operation(machine)
        except RingError as error:
            raise RingError(f"byte {machine.at}: {error}") from None
        except _WRONG as error:
            raise RingError(f"byte {machine.at}: not a pickle: {type(error).__name__}: {error}") from None
    return _plain(machine.result(), MOST_NUMBERS)


class _Machine:
    """The stack machine of the pickle format, cut down to plain data."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self._data = data
        self._room = len(data)

    def result(self) -> Any:
        if len(self.stack) != 1 or self.stack[0] is _Mark:
            raise RingError(f"the pickle leaves {len(self.stack)} values instead of one")
        return self.stack[0]

    def take(self, count: int) -> bytes:
        piece = self._data[self.at : self.at + count] if count >= 0 else b""
        if len(piece) != count:
            raise RingError(f"byte {self.at}: the pickle is torn")
        self.at += count
        return piece

    def line(self, longest: int = 1024) -> bytes:
        end = self._data.find(b"\n", self.at, self.at + longest)
        if end < 0:
            raise RingError("the pickle is torn inside a line")
        return self.take(end + 1 - self.at)[:-1]

    def number(self, format: str) -> int:
        return int(struct.unpack(format, self.take(struct.calcsize(format)))[0])

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def mark(self) -> None:
        """A mark; if nothing but numbers for a list follow it, they are taken at once."""
        batch = _BATCH.match(self._data, self.at - 1)
        if batch is None or not self.stack or type(self.stack[-1]) is not list:
            self.push(_Mark)
            return
        self.at = batch.end()
        run = self._data[batch.start() + 1 : batch.end() - 1]
        values = pickle.loads(b"(" + run + b"l.")  # noqa: S301 - BININT operations and nothing else
        self.stack[-1].append(_Numbers(values)) if len(values) > 8 else self.stack[-1].extend(values)

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is _Mark:
            raise RingError("a value was expected, a mark was found")
        return value

    def last(self, count: int) -> list[Any]:
        return [self.pop() for _ in range(count)][::-1]

    def since_mark(self) -> list[Any]:
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] is _Mark:
                values = self.stack[index + 1 :]
                del self.stack[index:]
                return values
        raise RingError("a mark was expected")

    def text(self, length: int) -> None:
        self.push(self.take(length).decode("utf-8", "surrogateescape"))

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not dict or len(values) % 2:
            raise RingError("a dict and pairs for it were expected")
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[_key(key)] = value

    def append(self, values: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise RingError("a list was expected")
        self.stack[-1].extend(values)

    def protocol(self) -> None:
        if (version := self.number("<B")) > 2:
            raise RingError(f"protocol {version}; rings use 2 at most")

    def long(self, length: int) -> None:
        if length > 16:
            raise RingError(f"a number of {length} bytes")
        self.push(int.from_bytes(self.take(length), "little", signed=True))

    def integer(self) -> None:
        digits = self.line(64)
        self.push(
            {b"00": False, b"01": True}.get(digits) if digits in (b"00", b"01") else int(digits.rstrip(b"L"))
        )

    def quoted(self) -> None:
        text = self.line()
        if len(text) < 2 or text[:1] not in (b"'", b'"') or text[-1:] != text[:1] or b"\\" in text:
            raise RingError("text in quotes was expected, without escapes")
        self.push(text[1:-1].decode("utf-8", "surrogateescape"))

    def name(self) -> None:
        named = (self.line(), self.line())
        if named != (b"array", b"array") and named not in _OBJECTS:
            raise RingError(f"the pickle names {b'.'.join(named)[:80]!r}; only array.array is plain data")
        self.push(_ObjectType if named in _OBJECTS else _ArrayType)

    def new(self) -> None:
        arguments, made = self.pop(), self.pop()
        if made is not _ObjectType or type(arguments) is not tuple or arguments:
            raise RingError("the pickle makes an object, which is no ring and no builder")
        self.push(_State())

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if function is not _ArrayType or type(arguments) is not tuple or len(arguments) != 2:
            raise RingError("the pickle calls something; only an array of numbers may be made")
        made = _array(*arguments)
        self._room -= len(made)
        if self._room < 0:
            raise RingError("the pickle makes more numbers than it holds")
        self.push(made)

    def build(self) -> None:
        state, made = self.pop(), self.stack[-1]
        if type(made) is _State and type(state) is dict:
            made.update(state)
        elif state:
            raise RingError("the pickle gives an object a state; plain data has none")


def _key(key: Any) -> Any:
    """Keys are scalars, or flat tuples of them: hashing anything deeper could exhaust the stack."""
    if type(key) in _SCALARS or (type(key) is tuple and all(type(part) in _SCALARS for part in key)):
        return key
    raise RingError(f"a {type(key).__name__} as a key")


def _array(typecode: Any, values: Any) -> np.ndarray[Any, Any]:
    """``array(typecode, values)`` as Python 2.7 pickles it (a list),
    or Python 2.6 (its bytes, little-endian).
    """
    if type(typecode) is not str or typecode not in _WIDTHS:
        raise RingError(f"an array of type {typecode!r}")
    width = np.dtype(f"<{_WIDTHS[typecode]}")
    if type(values) is str:
        return np.frombuffer(values.encode("utf-8", "surrogateescape"), dtype=width)
    if type(values) is not list:
        raise RingError("an array of neither numbers nor bytes")
    return _gathered(values, width)


def _gathered(values: list[Any], width: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """A list of numbers and runs of them as one array of a width that all must fit."""
    length = sum(len(value.values) if type(value) is _Numbers else 1 for value in values)
    found, most, at = np.empty(length, dtype=width), (1 << 8 * width.itemsize) - 1, 0
    for value in values:
        run = value.values if type(value) is _Numbers else [value]
        if type(value) not in (_Numbers, int) or int(min(run)) < 0 or int(max(run)) > most:
            raise RingError(f"an array of {width.itemsize} bytes a number, in which one does not fit")
        found[at : at + len(run)] = run
        at += len(run)
    return found


def _plain(result: Any, room: int) -> Any:
    """The result, with the runs of numbers in its lists as plain numbers."""
    waiting, seen = [result] if isinstance(result, list | tuple | dict | type) else [], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, type):
            raise RingError("the pickle names something and does not call it")
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) is list and any(type(part) is _Numbers for part in value):
            room -= sum(len(part.values) for part in value if type(part) is _Numbers)
            if room < 0:
                raise RingError(f"the pickle holds more than {MOST_NUMBERS} numbers outside arrays")
            value[:] = _unrolled(value)
        parts = value.values() if isinstance(value, dict) else value
        waiting.extend(part for part in parts if isinstance(part, list | tuple | dict | type))
    return result


def _unrolled(values: list[Any]) -> list[Any]:
    return [one for part in values for one in (part.values.tolist() if type(part) is _Numbers else (part,))]


def _memorize(machine: _Machine, index: int) -> None:
    machine.memo[index] = machine.stack[-1]


def _dict(machine: _Machine) -> None:
    values = machine.since_mark()
    machine.push({})
    machine.set_items(values)


_OPERATIONS: dict[bytes, Callable[[_Machine], None]] = {
    pickle.PROTO: _Machine.protocol,
    pickle.MARK: _Machine.mark,
    pickle.NONE: lambda m: m.push(None),
    pickle.NEWTRUE: lambda m: m.push(True),
    pickle.NEWFALSE: lambda m: m.push(False),
    pickle.INT: _Machine.integer,
    pickle.LONG: _Machine.integer,
    pickle.FLOAT: lambda m: m.push(float(m.line(64))),
    pickle.BININT: lambda m: m.push(m.number("<i")),
    pickle.BININT1: lambda m: m.push(m.take(1)[0]),
    pickle.BININT2: lambda m: m.push(m.number("<H")),
    pickle.LONG1: lambda m: m.long(m.number("<B")),
    pickle.BINFLOAT: lambda m: m.push(struct.unpack(">d", m.take(8))[0]),
    pickle.STRING: _Machine.quoted,
    pickle.SHORT_BINSTRING: lambda m: m.text(m.number("<B")),
    pickle.BINSTRING: lambda m: m.text(m.number("<i")),
    pickle.BINUNICODE: lambda m: m.text(m.number("<I")),
    pickle.UNICODE: lambda m: m.push(m.line().decode("raw-unicode-escape")),
    pickle.EMPTY_DICT: lambda m: m.push({}),
    pickle.EMPTY_LIST: lambda m: m.push([]),
    pickle.EMPTY_TUPLE: lambda m: m.push(()),
    pickle.DICT: _dict,
    pickle.LIST: lambda m: m.push(m.since_mark()),
    pickle.TUPLE: lambda m: m.push(tuple(m.since_mark())),
    pickle.TUPLE1: lambda m: m.push(tuple(m.last(1))),
    pickle.TUPLE2: lambda m: m.push(tuple(m.last(2))),
    pickle.TUPLE3: lambda m: m.push(tuple(m.last(3))),
    pickle.APPEND: lambda m: m.append(m.last(1)),
    pickle.APPENDS: lambda m: m.append(m.since_mark()),
    pickle.SETITEM: lambda m: m.set_items(m.last(2)),
    pickle.SETITEMS: lambda m: m.set_items(m.since_mark()),
    pickle.PUT: lambda m: _memorize(m, int(m.line(24))),
    pickle.BINPUT: lambda m: _memorize(m, m.number("<B")),
    pickle.LONG_BINPUT: lambda m: _memorize(m, m.number("<I")),
    pickle.GET: lambda m: m.push(m.memo[int(m.line(24))]),
    pickle.BINGET: lambda m: m.push(m.memo[m.number("<B")]),
    pickle.LONG_BINGET: lambda m: m.push(m.memo[m.number("<I")]),
    pickle.GLOBAL: _Machine.name,
    pickle.REDUCE: _Machine.call,
    pickle.NEWOBJ: _Machine.new,
    pickle.BUILD: _Machine.build,
}
