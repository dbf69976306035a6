"""``deployday waivers``: what became of each, and entries that accept one more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import main
from harness.errors import UsageError
from harness.evidence import RunFolder, load_waivers
from reports.accepting import entries
from reports.build import build
from reports.render import FORMATS

Made = Callable[[str], RunFolder]


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        main(["waivers", *words])
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out + said.err


def test_a_suggestion_is_refused_until_it_is_filled_in(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made("deviating")
    before = build(folder).causes
    code, text = call(capsys, "suggest", str(folder.path), "1")
    assert code == 0
    path = tmp_path / "w.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match="still to be filled in"):
        load_waivers(path)
    for name in ("why this is accepted", "who answers for it", "where it is worked on"):
        text = text.replace(f"<{name}>", "known")
    folder.waivers.write_text(text.replace("<YYYY-MM-DD, a year from now at most>", "2027-06-01"))
    after = build(folder)
    assert {waiver.state for waiver in after.waivers} == {"used"}
    assert len(after.causes) == len(before) - 1


def test_each_failure_of_a_run_can_be_accepted_by_what_is_suggested(made: Made) -> None:
    for name in ("deviating", "keystone-dead"):
        folder = made(name)
        report = build(folder)
        for number, cause in enumerate(report.causes, 1):
            text = entries(report, str(number)).replace("<YYYY-MM-DD, a year from now at most>", "2027-06-01")
            folder.waivers.write_text(text.replace("<", "").replace(">", ""))
            told = build(folder)
            assert cause.title not in {each.title for each in told.causes if each.kind == cause.kind}
            assert not [each for each in told.waivers if each.state != "used"]


def test_what_is_unknown_names_the_choices(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = call(capsys, "suggest", str(made("deviating").path), "99")
    assert (code, "expected: 1 (" in text) == (3, True)


def test_a_run_lists_what_became_of_each(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made("go")
    code, text = call(capsys, "list", str(folder.path))
    assert (code, "used" in text, "1 waived" in text) == (0, True, True)
    _, text = call(capsys, "list", str(folder.path), "--as-of", "2028-01-01")
    assert "it counts again" in text
    assert "1 expired" in text


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html", "junit", "json"])
def test_every_format_says_which_and_what(made: Made, format_: str) -> None:
    folder = made("go")
    expired = build(folder, now=2_000_000_000.0)
    told = FORMATS[format_](expired)
    assert "1 expired" in told
    assert "it counts again" in told
    assert "2033-05-18" in told
