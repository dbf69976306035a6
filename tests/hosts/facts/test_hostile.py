"""Whatever a host answers: facts come of it, bounded, harmless, and no exception."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.hosts.facts.frames import sections
from harness.hosts.facts.model import Facts, Unknown
from harness.hosts.facts.questions import SECTIONS, Questions
from harness.hosts.facts.reading import raw, read_facts
from tests.hosts.facts.answers import NONCE, framed, part, recorded, secrets

QUESTIONS = Questions(
    files=("/etc/passwd", "/nope"), configs=("/etc/nova/nova.conf",), sysctl=("net.ipv4.ip_forward",)
)
WHOLE = recorded("shells/debian-systemd-dash.txt")
_SEEN = re.findall(rf"^{NONCE} @ (.*)$", WHOLE, re.MULTILINE)
LABELS = (*dict.fromkeys(_SEEN), "initctl", "netstat", "ls")
PLACES = {
    name: (
        *section.parts,
        *{"services": ("initctl", "docker"), "listeners": ("netstat",), "files": ("ls",)}.get(name, ()),
    )
    for name, section in sections(WHOLE, NONCE).items()
}
LINES = tuple({line[:300] for line in WHOLE.split("\n") if line and not line.startswith(NONCE)})
TEXTS = st.lists(st.one_of(st.text(max_size=60), st.sampled_from(LINES)), max_size=8).map("\n".join)
STATUSES = st.sampled_from(["0", "1", "", "missing", "denied", "absent", "٣", "999999999999999999999"])
PARTS = st.lists(st.builds(part, st.sampled_from(LABELS), TEXTS, STATUSES), max_size=6)


def read(output: str, complete: bool = True) -> Facts:
    return read_facts("node", output, QUESTIONS, NONCE, secrets(), 1000.0, 1001.0, complete)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in texts(each)]
    if isinstance(value, (list, tuple)):
        assert len(value) <= 20_000
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def harmless(facts: Facts) -> None:
    assert Facts.model_validate_json(facts.model_dump_json()) == facts
    for text in texts(facts.model_dump()):
        assert len(text) <= 4096
        assert all(sign.isprintable() or sign == "\ufffd" for sign in text), text


@given(st.text(max_size=500))
def test_noise_gives_facts_without_anything(output: str) -> None:
    facts = read(output)
    harmless(facts)
    assert all(isinstance(getattr(facts, name), Unknown) for name in SECTIONS)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*SECTIONS, "clock_end"]), PARTS, st.booleans()), max_size=5))
def test_parts_at_the_wrong_place_do_no_harm(answers: list[tuple[str, list[str], bool]]) -> None:
    harmless(read("".join(framed(name, *parts, whole=whole) for name, parts, whole in answers)))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(WHOLE)))
def test_an_answer_that_ends_anywhere_keeps_what_came(length: int) -> None:
    facts, whole = read(WHOLE[:length], complete=False), read(WHOLE)
    harmless(facts)
    for name in SECTIONS:
        if f"\n{NONCE} }} {name} " in WHOLE[:length] and name not in ("clock", "services", "listeners"):
            assert getattr(facts, name) == getattr(whole, name), name


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(WHOLE)), st.integers(1, 400), st.text(max_size=20))
def test_an_answer_that_was_mutilated_does_no_harm(begin: int, length: int, instead: str) -> None:
    harmless(read(WHOLE[:begin] + instead + WHOLE[begin + length :]))


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
def test_invalid_utf_8_does_no_harm(noise: bytes, place: int) -> None:
    answer = WHOLE[:place].encode() + noise + WHOLE[place:].encode()
    harmless(read(answer.decode("utf-8", "replace")))
    harmless(read(answer.decode("utf-8", "surrogateescape")))


CRAFTED = (
    "a" * 4096,
    " " * 4096,
    "\t" * 4000 + "x",
    "x" + " " * 4000 + "y",
    "=" * 4096,
    "--a " * 1000,
    "user_" * 800 + "=",
    "tid:1 name:" + ":" * 4000,
    "(" * 4096,
    "1 " * 2048,
    " on /" * 800 + " type ",
    "mysql " * 700,
    "://a:" * 800,
    "{running_nodes,[" * 250,
    "password" * 500,
    "- " + " " * 4000 + "shut of",
    "2: " + "a" * 2000 + "@" + "b" * 2000,
    "tcp LISTEN 0 1 " + ":" * 4000 + " x",
    "inet " * 800,
    "9" * 4096,
    "-A " * 1300,
    '"password": "' * 300,
    "A-" * 2000 + "://",
)


@pytest.mark.parametrize("line", CRAFTED)
def test_crafted_lines_cost_no_time(line: str) -> None:
    output = "".join(
        framed(name, *(part(label, (line + "\n") * 10) for label in labels))
        for name, labels in PLACES.items()
    )
    begin = time.process_time()
    harmless(read(output))
    read_cost = time.process_time() - begin
    raw(output[:300_000], secrets())
    assert read_cost < 3
    assert time.process_time() - begin < 8
