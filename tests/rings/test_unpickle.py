"""The unpickler builds plain data and calls nothing."""

import os
import pickle
import time
from array import array
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.rings.errors import RingError
from harness.rings.unpickle import unpickle

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(PLAIN, st.integers(0, 2))
def test_plain_data_comes_back(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol=protocol)
    if protocol == 0 and b"\\" in data:
        return
    assert unpickle(data) == value


@pytest.mark.parametrize("typecode", ["B", "H", "I", "L"])
def test_arrays(typecode: str) -> None:
    found = unpickle(pickle.dumps(array(typecode, [0, 1, 255]), protocol=2))
    assert (found.dtype.kind, found.tolist()) == ("u", [0, 1, 255])


class Evil:
    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.system, ("touch /tmp/deployday-was-here",)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (pickle.dumps(Evil(), protocol=0), "system|names"),
        (pickle.dumps(Evil(), protocol=2), "names"),
        (pickle.dumps({"a": Evil()}, protocol=2), "names"),
        (pickle.dumps([1], protocol=4), "protocol 4"),
        (b"cos\nsystem\n(S'true'\ntR.", r"names b'os\.system'"),
        (b"carray\narray\n(I1\nI2\nI3\ntR.", "calls something"),
        (b"carray\narray\n(lR.", "calls something"),
        (b"I1\n(tR.", "calls something"),
        (b"carray\narray\n(S'd'\n(lp0\ntR.", "array of type 'd'"),
        (b"carray\narray\n(S'H'\nI3\ntR.", "not a pickle|neither"),
        (b"carray\narray\n(S'H'\nS'abc'\ntR.", "not a pickle"),
        (b"carray\narray\n(S'H'\n(I70000\nltR.", "does not fit"),
        (b"(i__main__\nEvil\n.", "asks for"),
        (b"\x80\x02K\x01}s.", "expected|pickle"),
        (b"P1\n.", "asks for"),
        (b"\x82\x01.", "asks for"),
        (b"", "torn"),
        (b"\x80\x02", "torn"),
        (b"(.", "leaves"),
        (b"K\x01K\x02.", "leaves 2 values"),
        (b"0.", "asks for"),
        (b"\x80\x02U\xffabc.", "torn"),
        (b"T\xff\xff\xff\x7fabc.", "torn"),
        (b"T\xff\xff\xff\xffabc.", "torn"),
        (b"X\xff\xff\xff\xffabc.", "torn"),
        (b"\x8a\xff" + b"1" * 255 + b".", "a number of 255 bytes"),
        (b"I" + b"9" * 5000 + b"\n.", "torn"),
        (b"h\x05.", "not a pickle"),
        (b"e.", "mark"),
        (b"}(K\x01u.", "pairs"),
        (b"}]K\x01s.", "a list as a key"),
        (b"})\x85\x85K\x01s.", "a tuple as a key"),
        (b"S'a\\x00b'\n.", "without escapes"),
    ],
)
def test_everything_else_is_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(RingError, match=complaint):
        unpickle(data)


def test_nothing_was_run() -> None:
    with pytest.raises(RingError):
        unpickle(pickle.dumps(Evil(), protocol=2))
    assert not os.path.exists("/tmp/deployday-was-here")  # noqa: PTH110 - the plainest question


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x80\x02r\xff\xff\xff\x7f.",
        b"K\x01r\xff\xff\xff\x7f0.",
        b")" + b"\x85" * 200_000 + b"K\x01.",
        b"]" * 200_000 + b"a" * 199_999 + b".",
        b"(" * 200_000 + b".",
        b"carray\narray\nq\x000U\x01Hq\x010]q\x02("
        + b"K\x01" * 50_000
        + b"e0"
        + b"(h\x00h\x01h\x02\x86R" * 20_000
        + b"t.",
    ],
    ids=["memo", "memo after a value", "deep tuples", "deep lists", "marks", "arrays out of one list"],
)
def test_bombs_do_no_harm(bomb: bytes) -> None:
    begin = time.process_time()
    with suppress(RingError):
        unpickle(bomb)
    assert time.process_time() - begin < 5


def test_arrays_cannot_hold_more_than_the_file() -> None:
    copies = b"\x80\x02](" + b"carray\narray\nU\x01H]q\x00(" + b"K\x01" * 1000 + b"e\x86R"
    copies += b"carray\narray\nU\x01Hh\x00\x86R" * 500 + b"e."
    with pytest.raises(RingError, match="more numbers than it holds"):
        unpickle(copies)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise(noise: bytes) -> None:
    for data in (noise, b"\x80\x02" + noise + b"."):
        try:
            unpickle(data)
        except RingError:
            continue
