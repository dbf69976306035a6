"""What ``deployday clean`` refuses before it touches a cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.clean import clean
from harness.errors import UsageError
from harness.evidence import RunFolder, create_run, write_json


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = create_run("rack7", home=tmp_path)
    write_json(made.run, {"site": {"name": "rack7", "path": None}})
    return made


@pytest.mark.parametrize("option", ["all_", "accounts"])
def test_one_run_goes_with_no_other_choice(run: RunFolder, option: str) -> None:
    with pytest.raises(UsageError, match="RUN names one run"):
        clean([run.short, "site.yaml"], runs_=run.path.parent, **{option: True})


def test_a_run_without_a_site_file_needs_one(run: RunFolder) -> None:
    for ref in (run.short, run.id, str(run.path), "latest"):
        with pytest.raises(UsageError, match="was not started from a site file: name the site"):
            clean([ref], runs_=run.path.parent)


def test_a_word_that_is_neither_run_nor_site(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"no such run[\\s\\S]*{run.id}"):
        clean(["ffff", "site.yaml"], runs_=tmp_path)
    with pytest.raises(UsageError, match="there is no such site file"):
        clean(["nowhere.yaml"], runs_=tmp_path)
