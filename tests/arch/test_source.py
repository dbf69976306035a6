"""Reading YAML: hostile files are bounded, every key knows its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.arch.source import MAX_BYTES, read_text


def messages(text: str) -> list[str]:
    return [str(problem) for problem in read_text(text, "f.yaml")[1]]


def test_each_key_knows_its_line() -> None:
    entry, problems = read_text("a: 1\nb:\n  c: {d: x,\n      e: y}\n", "f.yaml")
    assert not problems
    assert [str(entry.items[key].place) for key in "ab"] == ["f.yaml:1", "f.yaml:2"]
    assert str(entry.items["b"].items["c"].items["e"].place) == "f.yaml:4"


def test_scalars_stay_as_they_were_written() -> None:
    entry, _ = read_text("{a: 2012.1, b: 007, c: yes, d: 1e3, e: '', f: ~, g: 2012-04-05}", "f.yaml")
    assert entry.plain() == {
        "a": "2012.1",
        "b": "007",
        "c": "yes",
        "d": "1e3",
        "e": "",
        "f": None,
        "g": "2012-04-05",
    }


def test_aliases_stand_for_what_they_name() -> None:
    entry, problems = read_text("a: &x {b: 1}\nc: *x\n", "f.yaml")
    assert not problems
    assert entry.plain() == {"a": {"b": "1"}, "c": {"b": "1"}}
    assert entry.items["c"].place.line == 2


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    [message] = messages("\n".join(lines))
    assert "too many entries" in message
    assert message.startswith("f.yaml:5:")


def test_a_bomb_of_bytes_is_refused_unread() -> None:
    [message] = messages("a: " + "x" * MAX_BYTES)
    assert "the file is too large" in message


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 900)),
    ],
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    [message] = messages(text)
    assert "nested too deeply" in message or "not YAML" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: the key a is given twice\n    found: first at f.yaml:1"),
        ("a: !!python/object:os.system x\n", "f.yaml:1: a tag is not allowed"),
        ("a: !include /etc/passwd\n", "f.yaml:1: a tag is not allowed\n    found: !include"),
        ("a: &x [*x]\n", "f.yaml:1: an alias without an anchor before it"),
        ("a: *nobody\n", "f.yaml:1: an alias without an anchor before it"),
        ("base: &b {x: 1}\na: {<<: *b}\n", "f.yaml:2: merge keys are not supported\n    hint: write extends"),
        ("? [a]\n: 1\n", "f.yaml:1: a key that is not a name"),
        ("", "f.yaml:1: the file is empty"),
        ("a: 1\n---\nb: 2\n", "f.yaml:3: a second document in one file"),
        ("a: 1\n b: 2\n", "f.yaml:2: not YAML: mapping values are not allowed"),
        ("a: [1, 2\n", "f.yaml:2: not YAML: while parsing a flow sequence"),
        ("a: \x00", "f.yaml: not YAML: unacceptable character"),
        ('a: "\\UFFFFFFFF"', "f.yaml: not YAML:"),
        ('a: "\\uD800"', "f.yaml"),
        ("%YAML 9.0\n---\na: 1\n", "f.yaml:1: not YAML: found incompatible YAML document"),
    ],
)
def test_what_is_refused(text: str, expected: str) -> None:
    assert any(message.startswith(expected) for message in messages(text)), messages(text)


def test_several_problems_are_said_together() -> None:
    assert len(messages("a: 1\na: 2\nb: !x 1\nc: 1\nc: 2\n")) == 3


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from(list("ab:-,[]{}&*!|>'\"%@` \n#?~<0\\\t\r\x85\u2028")), max_size=60))
def test_no_text_crashes_the_reader(text: str) -> None:
    entry, problems = read_text(text, "f.yaml")
    assert entry is not None or problems


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    entry, problems = read_text(data.decode("utf-8", "surrogateescape"), "f.yaml")
    assert entry is not None or problems
