"""What ``deployday clean`` refuses before it touches a cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.accounts import After
from harness.cli.clean import _clean_runs, clean
from harness.errors import UsageError
from harness.evidence import RunFolder, create_run, write_json
from harness.lease import join


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


def test_a_run_that_is_alive_does_not_keep_others_from_being_cleaned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    older, newer = (create_run("rack7", home=tmp_path, started=float(at)) for at in (1, 2))
    monkeypatch.setattr("harness.accounts.clean_run", lambda site, folder, record: After(folder.id))
    with join(newer.lock), pytest.raises(UsageError, match="this run is still alive") as refused:
        _clean_runs(None, [newer, older], 0.0)  # type: ignore[arg-type]
    assert str(newer.path) in str(refused.value)
    assert capsys.readouterr().out == f"{older.id}: 0 removed, 0 left\n"
