"""``results.subunit``: the stream that stestr, tempest's own tools and subunit2sql read, version 2.

Written by hand, for a packet is a few numbers and texts; ``tests/reports/test_subunit.py`` has python-subunit
and stestr read it. The protocol: https://github.com/testing-cabal/subunit (README, "Version 2").
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.model import Report, Scenario
from reports.render.told import told
from reports.text import plain

_SIGNATURE, _VERSION = 0xB3, 0x2000
_TEST_ID, _TIMESTAMP, _RUNNABLE, _TAGS, _FILE, _MIME, _EOF = (
    0x0800,
    0x0200,
    0x0100,
    0x0080,
    0x0040,
    0x0020,
    0x0010,
)
_STATUS = {"inprogress": 2, "success": 3, "skip": 5, "fail": 6, "xfail": 7}
_TEXT = "text/plain;charset=utf8"
_LONGEST, _LONGEST_ID = 60_000, 400
"""Bytes of what is said of one scenario, and characters of its name: a packet holds 4 MiB at most."""


@dataclass(frozen=True)
class Packet:
    """One event: that a test began, what is said of it, or how it ended."""

    test: str
    at: float
    status: str = ""
    tags: Sequence[str] = ()
    name: str = ""
    content: bytes = b""

    def __bytes__(self) -> bytes:
        flags = _VERSION | _TIMESTAMP | _TEST_ID | _STATUS.get(self.status, 0)
        flags |= _RUNNABLE if self.status else 0
        body = _time(self.at) + _text(self.test)
        if self.tags:
            flags |= _TAGS
            body += _number(len(self.tags)) + b"".join(map(_text, self.tags))
        if self.name:
            flags |= _MIME | _FILE | _EOF
            body += _text(_TEXT) + _text(self.name) + _number(len(self.content)) + self.content
        return _framed(flags, body)


def to_subunit(report: Report) -> bytes:
    """The report as a stream: each scenario begins, says why, and ends, in the order in which they began."""
    order = sorted(report.scenarios, key=lambda scenario: scenario.started or report.run.started)
    workers = {name: n for n, name in enumerate(dict.fromkeys(s.worker for s in order if s.worker))}
    packets = [packet for scenario in order for packet in _scenario(report, scenario, workers)]
    failed = any(packet.status == "fail" for packet in packets)
    if report.exit_code and not failed:
        packets += _answer(report)
    return b"".join(map(bytes, packets))


def _scenario(report: Report, scenario: Scenario, workers: dict[str, int]) -> Iterable[Packet]:
    name = plain(scenario.key)[:_LONGEST_ID]
    began = scenario.started if scenario.started is not None else report.run.started
    tags = [f"gate-{plain(scenario.gate)[:80]}", f"level-{scenario.level}", f"verdict-{scenario.verdict}"]
    tags += [f"worker-{workers[scenario.worker]}"] if scenario.worker else []
    status, file = _status(scenario)
    yield Packet(name, began, "inprogress", tags)
    ended = began + max(0.0, scenario.duration)
    if file:
        yield Packet(name, ended, name=file, content=_said(told(scenario)))
    yield Packet(name, ended, status, tags)


def _status(scenario: Scenario) -> tuple[str, str]:
    """How it ended, and the file that says why: as in JUnit, blocked and unknown are never skipped."""
    match scenario.verdict:
        case "pass":
            return "success", ""
        case "fail" if not scenario.counts:
            return "xfail", "traceback"
        case "fail" | "blocked" | "unknown":
            return "fail", "traceback"
        case _:
            return "skip", "reason"


def _answer(report: Report) -> Iterator[Packet]:
    """A run that is not GO never looks green."""
    at = report.run.ended or report.run.started
    yield Packet("deployday.verdict", at, "inprogress")
    content = _said([report.banner, *report.because])
    yield Packet("deployday.verdict", at, name="traceback", content=content)
    yield Packet("deployday.verdict", at, "fail")


def _said(lines: Iterable[str]) -> bytes:
    return plain("\n".join(lines)).encode()[:_LONGEST].decode("utf-8", "ignore").encode()


def _time(moment: float) -> bytes:
    """Whole seconds, then nanoseconds."""
    whole = min(max(moment, 0.0), 4e9)
    seconds = int(whole)
    return struct.pack(">I", seconds) + _number(int((whole - seconds) * 1e6) * 1000)


def _text(words: str) -> bytes:
    data = words.encode()
    return _number(len(data)) + data


def _number(value: int) -> bytes:
    """One to four bytes, of which the first two bits say how many more there are."""
    for more in range(4):
        if value < 1 << (6 + 8 * more):
            return (value | more << (6 + 8 * more)).to_bytes(more + 1, "big")
    raise ValueError(f"{value} does not fit into thirty bits")


def _framed(flags: int, body: bytes) -> bytes:
    """Signature, flags, the length of all of it (its own bytes too), what it says, and a sum."""
    bare = 1 + 2 + len(body) + 4
    length = next(_number(bare + size) for size in (1, 2, 3) if len(_number(bare + size)) <= size)
    data = struct.pack(">BH", _SIGNATURE, flags) + length + body
    return data + struct.pack(">I", zlib.crc32(data))
