"""Files of waivers: what they say, and every way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.arch.paths import parse
from harness.errors import UsageError
from harness.evidence import load_waivers

GOOD = """\
- clause: compute.flavors["m1.tiny"].ram
  observed: 1024
  reason: the vendor's image needs it
  owner: compute-team@example.net
  ticket: OPS-17
  until: 2012-06-01
- scenario: compute.boot
  subject: compute-1
  observed: "no answer*"
  reason: broken board
  owner: ops
  ticket: OPS-18
  until: 2012-05-04T06:00Z
"""
RAM = parse('compute.flavors["m1.tiny"].ram')


def load(tmp_path: Path, text: str, **known: Any) -> Any:
    path = tmp_path / "waivers.yaml"
    path.write_text(text)
    return load_waivers(path, **known)


def entry(**fields: Any) -> str:
    row = {
        "clause": "a.b",
        "observed": "1",
        "reason": "r",
        "owner": "o",
        "ticket": "t",
        "until": "2012-06-01",
    } | fields
    lines = [f"  {key}: {value}" for key, value in row.items() if value is not None]
    return "# a comment\n-" + "\n".join(lines)[1:] + "\n"


def test_a_file_is_read(tmp_path: Path) -> None:
    ram, boot = load(tmp_path, GOOD, clauses=[RAM], scenarios=["compute.boot"])
    assert (ram.clause, ram.scenario, ram.observed, ram.where) == (
        RAM,
        None,
        1024,
        f"{tmp_path}/waivers.yaml:1",
    )
    assert ram.until_text == "2012-06-01T23:59:59Z"
    assert boot.scenario == boot.what == "compute.boot[compute-1]"
    assert boot.until_text == "2012-05-04T06:00:00Z"
    assert boot.covers_scenario("compute.boot[compute-1]", "no answer in 60 s")
    assert not boot.covers_scenario("compute.boot[compute-1]", "quota")
    assert not boot.covers_scenario("compute.boot", "no answer")


def test_its_own_end_is_the_last_moment(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, entry(until="2012-05-04T06:00:00+02:00"))
    assert waiver.until == 1336104000.0
    assert not waiver.expired(waiver.until)
    assert waiver.expired(waiver.until + 1)


@pytest.mark.parametrize(
    ("written", "observed", "covers"),
    [
        ("1024", 1024, True),
        ("1024", "1024", False),
        ("true", True, True),
        ("true", 1, False),
        ("absent", None, True),
        ("absent", "absent", True),
        ("[b, a]", ["a", "b"], True),
        ("[a]", ["a", "b"], False),
        ("{x: [1]}", {"x": [1]}, True),
        ("null", None, True),
        ("0.5", 0.5, True),
        ("2011-08-08T00:00:00+00:00", "2011-08-08T00:00:00+00:00", True),
    ],
)
def test_the_expected_observation(tmp_path: Path, written: str, observed: Any, covers: bool) -> None:
    (waiver,) = load(tmp_path, entry(observed=written))
    assert waiver.covers_clause(("a", "b"), observed) is covers
    assert not waiver.covers_clause(("a", "c"), observed)


def test_empty_files_and_the_named_form(tmp_path: Path) -> None:
    assert load(tmp_path, "") == ()
    assert load(tmp_path, "waivers:\n") == ()
    assert len(load(tmp_path, "waivers:\n" + GOOD)) == 2


BAD = [
    (entry(until=None), "waivers.yaml:2: until: an open-ended waiver is refused"),
    (entry(until="soon"), "waivers.yaml:2: until: not a date"),
    (entry(until="2012-13-01"), "waivers.yaml:2: until: not a date"),
    (entry(reason=None), "waivers.yaml:2: reason: missing"),
    (entry(owner='""'), "owner: missing"),
    (entry(ticket=None), "ticket: missing"),
    (entry(observed=None), "observed: missing"),
    (entry(clause=None), "says not what it waives"),
    (entry(scenario="compute.boot"), "found: clause, scenario"),
    (entry(clause="a..b"), "clause: not a path, column 2"),
    (entry(subject="x"), "subject: a clause has no subject"),
    (entry(clause=None, scenario="a[b", reason="r"), "scenario: not a scenario"),
    (entry(clause=None, scenario="a[b]", subject="c"), "scenario: not a scenario"),
    (entry(unti="x"), "hint: did you mean 'until'?"),
    ("- just text\n", "waivers.yaml:1: not a waiver"),
    ("a: b\n", "waivers.yaml:1: not a file of waivers"),
    ("- [\n", "not YAML"),
    ("\t- x", "not YAML"),
    ("- clause: a\n  clause: b\n", "not YAML"),
    ("&a [*a]", "waivers.yaml:1: not a waiver"),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)
    assert told in str(error.value)
    assert str(tmp_path) in str(error.value)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        load(tmp_path, entry(until=None, reason=None) + entry(owner=None))
    assert len(error.value.problems) == 3


def test_names_are_held_against_the_description(tmp_path: Path) -> None:
    text = GOOD.replace("m1.tiny", "m1.tyny").replace("compute.boot", "compute.boots")
    with pytest.raises(UsageError) as error:
        load(tmp_path, text, clauses=[RAM], scenarios=["compute.boot"])
    assert 'did you mean compute.flavors["m1.tiny"].ram?' in str(error.value)
    assert "did you mean compute.boot?" in str(error.value)
    extra = entry(clause="catalogue.s3", observed="present")
    assert load(tmp_path, extra, clauses=[RAM])[0].clause == ("catalogue", "s3")


def test_a_bomb_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    bomb = "- clause: a\n  observed:\n    - &a [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"    - &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(8))
    with pytest.raises(UsageError, match="more than a thousand values"):
        load(tmp_path, bomb)
    with pytest.raises(UsageError, match="larger than 1 MiB"):
        load(tmp_path, "#" * 1_100_000)
    with pytest.raises(UsageError, match="cannot be read"):
        load_waivers(tmp_path / "nowhere.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UsageError, match="cannot be read"):
        load_waivers(tmp_path / "binary.yaml")
