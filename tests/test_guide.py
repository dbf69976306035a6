"""Outputs and pictures of the guide: all of them are made by ``docs/comparing.py``, none is left out."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path
from types import ModuleType

import pytest
import typer

from harness.cli import build

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def comparing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("comparing", DOCS / "comparing.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_output_of_the_tutorial_was_made(comparing: ModuleType) -> None:
    text = comparing.GUIDE.read_text()
    found = list(comparing.BLOCK.finditer(text))
    assert len(found) == text.count("<!-- deployday ") >= 2
    for block in found:
        assert len(block[0].splitlines()) > 5, "nobody has made this output yet"
        words = shlex.split(block["words"].partition(" | ")[0])
        typer.main.get_command(build(words[0])).make_context("deployday", words, resilient_parsing=True)


def test_every_picture_of_the_tutorial_is_there(comparing: ModuleType) -> None:
    text = comparing.GUIDE.read_text()
    files = [found["file"] for found in comparing.PICTURE.finditer(text)]
    assert len(files) == text.count("<!-- picture ") >= 2
    assert all((comparing.GUIDE.parent / file).stat().st_size > 10_000 for file in files)


def test_lines_are_cut_as_the_guide_says(comparing: ModuleType) -> None:
    lines = ["one", "# two", "three"]
    assert comparing.cut_out(lines, "head", "2") == ["one", "# two"]
    assert comparing.cut_out(lines, "from", "two") == ["# two", "three"]
