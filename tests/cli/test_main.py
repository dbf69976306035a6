"""How every verb ends: 0 done, 1 NO-GO, 2 could not, 3 wrong usage."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import harness.cli.describe
from harness import __version__
from tests.cli.conftest import Here

ARCH = "essex/six-node"


def test_the_version(deployday: Here) -> None:
    done = deployday("--version")
    assert (done.code, done.out) == (0, f"deployday {__version__}\n")


@pytest.mark.parametrize("verb", ["run", "plan", "report", "compare", "clean", "describe", "lab", "site"])
def test_every_verb_explains_itself(deployday: Here, verb: str) -> None:
    done = deployday(verb, "--help")
    assert done.code == 0
    assert "Usage: deployday" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Usage"),
        (["bogus"], "No such command 'bogus'"),
        (["--bogus"], "No such option"),
        (["plan"], "Missing argument"),
        (["run"], "which cloud?"),
        (["run", ARCH, "--lab", "--rerun", "last"], "--rerun and --lab exclude each other"),
        (["run", "--rerun", "last", "-k", "compute"], "-k chooses by name"),
        (["run", "--rerun", "beef", "--runs", "no-such-folder"], "no such run"),
        (["run", ARCH, "--lab", "--repeat", "0"], "Invalid value"),
        (["clean"], "Missing argument"),
        (["describe"], "name an architecture to print"),
        (["site"], "Usage"),
        (["lab"], "Usage"),
        (["lab", "bogus"], "No such command 'bogus'"),
        (["site", "init"], "Missing argument"),
        (["plan", ARCH, "--bogus"], "No such option"),
        (["run", ARCH, "--lab", "--workers", "99"], "Invalid value"),
        (["run", ARCH, "--lab", "--workers", "two"], "Invalid value"),
        (["describe", ARCH, "--format", "nope"], "Invalid value"),
        (["run", ARCH, "--fault", "images.download_corrupted"], "it needs --lab"),
        (["run", ARCH, "--lab", "--cloud", "x"], "two different clouds"),
        (["plan", ARCH, "--lab", "--cloud", "x"], "two different clouds"),
        (["run", ARCH, "--lab", "--fault", "nope"], "no fault called 'nope'"),
        (["run", ARCH], "this is an architecture, not a site"),
        (["run", "nope.yaml"], "no such site file"),
        (["run", "essex/six-nod", "--lab"], "did you mean essex/six-node?"),
        (["plan", ARCH, "--cloud", "nope"], "cloud 'nope' was not found"),
        (["report", "nope"], "nope"),
        (["lab", "down", "nope"], "there is no lab 'nope'"),
    ],
)
def test_wrong_usage_is_three_and_says_what(deployday: Here, words: list[str], said: str) -> None:
    done = deployday(*words)
    assert done.code == 3, done.text
    assert said in done.text
    assert "Traceback" not in done.text


def test_a_defect_of_ours_is_no_verdict_of_a_cloud(deployday: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(harness.cli.describe, "as_table", broken)
    done = deployday("describe", ARCH)
    assert done.code == 2
    assert "a defect of deployday" in done.err


def test_a_file_that_cannot_be_written_is_one_line(deployday: Here, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = deployday("site", "init", ARCH, "-o", "file/site.yaml")
    assert done.code == 3
    assert re.fullmatch(r"file/site.yaml: cannot be written: .+\n", done.err)
