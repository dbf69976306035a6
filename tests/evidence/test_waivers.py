"""Files of waivers: what they say, and every way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.arch.paths import parse
from harness.errors import UsageError
from harness.evidence import load_waivers
from tests.evidence.rows import SMALL

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
    ram, boot = load(tmp_path, GOOD, table=SMALL, scenarios=["compute.boot[compute-1]"])
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
    (entry(unti="x"), "hint: did you mean until?"),
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
        load(tmp_path, text, table=SMALL, scenarios=["compute.boot[compute-1]"])
    assert 'did you mean compute.flavors["m1.tiny"].ram?' in str(error.value)
    assert "did you mean compute.boot?" in str(error.value)
    extra = entry(clause="catalogue.s3", observed="present")
    assert load(tmp_path, extra, table=SMALL)[0].clause == ("catalogue", "s3")


SUBJECTS = ("compute.boot", "hosts.files[storage-1]", "hosts.files[storage-2]")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"clause": "catalogue.image.name", "observed": "present"}, "is described: `present` is for what is"),
        ({"clause": "region.s3", "observed": "present"}, "nothing is too much there"),
        ({"clause": "catalogu.s3", "observed": "present"}, "did you mean catalogue?"),
        ({"scenario": "hosts.files"}, "expected: subject: storage-1, or a range of them"),
        ({"scenario": "hosts.files", "subject": "storage-7"}, "hosts.files has no such subject"),
        ({"scenario": "hosts.files", "subject": "storage-[1:3]"}, "found: storage-3"),
        ({"scenario": "compute.boot", "subject": "storage-1"}, "compute.boot has no subjects"),
    ],
)
def test_a_waiver_of_nothing_is_refused(tmp_path: Path, fields: dict[str, str], told: str) -> None:
    about = {"clause": None} | fields
    with pytest.raises(UsageError) as error:
        load(tmp_path, entry(**{"observed": "no space"} | about), table=SMALL, scenarios=SUBJECTS)
    assert told in str(error.value)
    assert "waivers.yaml:2" in str(error.value)


def test_a_range_is_a_waiver_for_each(tmp_path: Path) -> None:
    text = entry(clause=None, scenario="hosts.files", subject="storage-[1:2]", observed="no space")
    waivers = load(tmp_path, text, scenarios=SUBJECTS)
    assert [each.what for each in waivers] == ["hosts.files[storage-1]", "hosts.files[storage-2]"]
    paths = load(tmp_path, entry(clause="'nodes.storage-[01:02].ports'", observed="[22]"))
    assert [each.what for each in paths] == ["nodes.storage-01.ports", "nodes.storage-02.ports"]


@pytest.mark.parametrize("observed", ["'*'", "'**'", "''", "'* *'"])
def test_any_failure_at_all_cannot_be_waived(tmp_path: Path, observed: str) -> None:
    with pytest.raises(UsageError, match="would cover any failure"):
        load(tmp_path, entry(clause=None, scenario="compute.boot", observed=observed))


def test_the_step_counts_where_it_is_said(tmp_path: Path) -> None:
    text = entry(clause=None, scenario="compute.boot", observed="'no answer? *'", step="boot*")
    (waiver,) = load(tmp_path, text)
    assert waiver.covers_scenario("compute.boot", "no answer? 60 s", "boot a server")
    assert not waiver.covers_scenario("compute.boot", "no answer? 60 s", "log in")
    assert not waiver.covers_scenario("compute.boot", "no answers 60 s", "boot a server")


def test_it_holds_for_a_year_at_most(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, entry(until="2013-06-01"))
    now = waiver.until - 360 * 86400
    assert load(tmp_path, entry(until="2013-06-01"), now=now)
    with pytest.raises(UsageError, match="at most a year from now"):
        load(tmp_path, entry(until="2013-06-01"), now=now - 10 * 86400)
    assert waiver.ends_soon(waiver.until - 86400)
    assert not waiver.ends_soon(now)
    assert not waiver.ends_soon(waiver.until + 1)


def test_the_same_cannot_be_waived_twice(tmp_path: Path) -> None:
    assert len(load(tmp_path, entry() + entry(observed="2"))) == 2
    with pytest.raises(UsageError, match=r"a\.b: waived already"):
        load(tmp_path, entry() + entry(owner="another"))


@pytest.mark.parametrize("key", ["reason", "owner", "ticket", "until"])
def test_a_placeholder_is_still_to_be_filled_in(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError, match="filled in" if key != "until" else "not a date"):
        load(tmp_path, entry(**{key: "<why this is accepted>"}))


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
