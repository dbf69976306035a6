"""Run folders: names, creation, and how they are found again."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.evidence import create_run, folder, open_run, read_json, runs, write_json


def test_a_run_is_named_by_its_start_its_site_and_four_digits(tmp_path: Path) -> None:
    run = create_run("rack 7/östlich", home=tmp_path / "runs", started=1336111200.0)
    assert re.fullmatch(r"20120504T060000-rack-7-stlich-[0-9a-f]{4}", run.id)
    assert run.prefix == f"deployday-{run.id[-4:]}-"
    assert run.path.stat().st_mode & 0o777 == 0o700
    assert run.events == run.path / "events.jsonl"
    assert runs(tmp_path / "runs") == [run]


def test_no_two_runs_share_their_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = iter(["aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr("secrets.token_hex", lambda size: next(tokens))
    first, second = create_run("a", home=tmp_path, started=0.0), create_run("b", home=tmp_path, started=9.0)
    assert (first.short, second.short) == ("aaaa", "bbbb")


def test_a_run_is_found_by_what_one_remembers_of_it(tmp_path: Path) -> None:
    old = create_run("a", home=tmp_path, started=0.0)
    new = create_run("b", home=tmp_path, started=time.time())
    for ref in (old.id, old.short, str(old.path), old.path):
        assert open_run(ref, home=tmp_path).id == old.id
    assert open_run(home=tmp_path) == open_run("latest", home=tmp_path) == new
    with pytest.raises(UsageError, match=r"no such run[\s\S]*" + new.id):
        open_run("nonsense", home=tmp_path)
    with pytest.raises(UsageError, match="there is no run yet"):
        open_run(home=tmp_path / "none")


def test_other_folders_are_no_runs(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "20120504T060000-a-1234").write_text("a file")
    assert runs(tmp_path) == []


def test_json_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    write_json(path, {"a": "é"})
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: (_ for _ in ()).throw(OSError("pulled the plug")))
        with pytest.raises(OSError, match="plug"):
            write_json(path, {"a": "new"})
    assert read_json(path) == {"a": "é"}
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "not there"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_broken_file_is_a_usage_error(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        read_json(path)


def test_a_huge_file_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_LARGEST_JSON", 10)
    write_json(tmp_path / "run.json", {"a": "long enough"})
    with pytest.raises(UsageError, match="too large"):
        read_json(tmp_path / "run.json")


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file/runs: cannot be made: Not a directory"):
        create_run("rack7", home=tmp_path / "file" / "runs")
