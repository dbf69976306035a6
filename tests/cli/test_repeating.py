"""``run --repeat``: tags, the worst exit code, and what Ctrl-C leaves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.cli.repeating import Ended, Turns
from harness.evidence.folder import RunFolder, create_run
from tests.reports.compare.runs import report, scenario, stored


def play(
    home: Path, ends: Sequence[Ended], count: int, tags: Sequence[str] = ()
) -> tuple[Turns, list[list[str]]]:
    turns, tagged = Turns(count, tags), []
    for number, turn in enumerate(turns, 1):
        folder = RunFolder(stored(home, report(number, scenarios=[scenario("compute.boot")])))
        tagged.append(turn.tags(folder))
        turn.over(folder, ends[number - 1])
    return turns, tagged


def test_one_run_is_as_it_always_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns, tagged = play(tmp_path, [Ended(1)], 1, ["nightly"])
    turns.show(tmp_path)
    assert (turns.code, tagged, capsys.readouterr().out) == (1, [["nightly"]], "")


def test_all_of_them_have_one_tag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns, tagged = play(tmp_path, [Ended(0)] * 3, 3, ["nightly"])
    assert tagged == [["nightly", "repeat-0001"]] * 3
    turns.show(tmp_path)
    said = capsys.readouterr().out
    assert "run 2 of 3\n" in said
    assert "3 runs: 3 GO" in said
    assert said.endswith("deployday compare --tag repeat-0001\n")


@pytest.mark.parametrize(
    ("codes", "worst"), [((0, 0), 0), ((0, 2), 2), ((2, 1), 1), ((1, 2), 1), ((1, 0), 1), ((), 2)]
)
def test_the_worst_of_all_is_the_exit_code(codes: tuple[int, ...], worst: int, tmp_path: Path) -> None:
    turns, _ = play(tmp_path, [Ended(code) for code in codes], len(codes))
    assert turns.code == worst


def test_what_is_interrupted_is_the_last_and_all_before_it_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns, tagged = play(tmp_path, [Ended(0), Ended(2, interrupted=True), Ended(0)], 3)
    assert (len(tagged), turns.code) == (2, 2)
    turns.show(tmp_path)
    assert "2 of 3 runs: 2 GO" in capsys.readouterr().out


def test_a_run_that_never_began_is_none(tmp_path: Path) -> None:
    turns = Turns(2)
    for turn in turns:
        folder = create_run("rack7", home=tmp_path)
        turn.over(folder, Ended(2, interrupted=True))
    assert (turns.folders, turns.code) == ([], 2)
