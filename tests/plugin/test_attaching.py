"""What is attached to a failure: written before its verdict, and no harm where that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Drive = Callable[..., Any]
ATTACH = """
def pytest_deployday_failed(config, run, planned, component, rows):
    {what}
"""
WRITE = "run.recorder.write('log', component=component, key=planned.key, count=len(rows))"


@pytest.mark.parametrize("words", [(), ("-n", "2")])
def test_it_belongs_to_the_story_that_failed(
    drive: Drive, pytester: pytest.Pytester, words: tuple[str, ...]
) -> None:
    pytester.syspathinsert()
    pytester.makepyfile(attaching=ATTACH.format(what=WRITE))
    ran = drive("-p", "attaching", *words, boot="cloud.refuse('nova')", show="raise RuntimeError('ours')")
    [row] = [row for row in ran.rows if row["kind"] == "log"]
    assert (row["scenario"], row["key"], row["component"]) == ("server.booted", "server.booted", "nova")
    assert row["count"] > 0
    assert row["t"] <= ran.verdicts["server.booted"]["t"]


def test_where_it_goes_wrong_the_story_ends_as_it_did(drive: Drive, pytester: pytest.Pytester) -> None:
    plain = drive(boot="cloud.refuse('nova')")
    pytester.syspathinsert()
    pytester.makepyfile(attaching=ATTACH.format(what="raise OSError('no way')"))
    ran = drive("-p", "attaching", boot="cloud.refuse('nova')")
    assert ran.facts == plain.facts
    [row] = [row for row in ran.rows if row["kind"] == "run" and row["phase"] == "no_logs"]
    assert "no way" in row["why"]
