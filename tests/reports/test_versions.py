"""Reports of every version that was ever written are read, and what is none is refused in words."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from reports import versions
from reports.model import VERSION, Report
from reports.render.json import to_json
from reports.versions import read_report, report_of

KEPT = sorted((Path(__file__).parent / "versions").glob("*.json.gz"))


def kept(path: Path) -> bytes:
    with gzip.open(path) as file:
        return file.read()


def test_a_report_of_every_version_is_kept() -> None:
    assert [int(path.name.partition(".")[0]) for path in KEPT] == list(range(1, VERSION + 1))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_real_report_of_each_version_is_read(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(kept(path))
    report = read_report(file)
    assert report.verdict == "GO"
    assert report.coverage.verified > 100
    assert {scenario.verdict for scenario in report.scenarios} == {"pass"}
    assert report_of(to_json(report).encode(), "again") == report


def test_an_older_version_is_made_newer_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """What will happen when the number rises: 0 called the verdict ``answer``, -1 had no warnings."""
    steps = {
        -1: lambda data: {**data, "report": 0, "warnings": []},
        0: lambda data: {**data, "report": 1, "verdict": data["answer"]},
    }
    monkeypatch.setattr(
        versions, "_NEWER", {-1: steps[-1], 0: lambda data: _without(steps[0](data), "answer")}
    )
    today = json.loads(kept(KEPT[-1]))
    old = _without({**today, "report": -1, "answer": today["verdict"]}, "verdict", "warnings")
    assert report_of(json.dumps(old).encode(), "old") == Report.model_validate({**today, "warnings": []})


def _without(data: dict[str, object], *names: str) -> dict[str, object]:
    return {name: each for name, each in data.items() if name not in names}


def test_a_newer_one_says_what_to_do() -> None:
    with pytest.raises(UsageError, match="newer deployday"):
        report_of(json.dumps({"report": VERSION + 1}).encode(), "x")


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_anything_else_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(UsageError) as refused:
        report_of(data, "x")
    assert len(str(refused.value).splitlines()) <= 4


def test_a_missing_report_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"deployday report run-1"):
        read_report(tmp_path / "run-1" / "report.json")


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "LARGEST", 1000)
    (tmp_path / "report.json").write_bytes(b"[" * 2000)
    with pytest.raises(UsageError, match="too large"):
        read_report(tmp_path / "report.json")
