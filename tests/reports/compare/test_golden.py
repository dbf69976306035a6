"""A whole comparison in each format; ``DEPLOYDAY_GOLDEN=write`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reports.compare.build import compare
from reports.compare.model import Comparison
from reports.compare.reading import read
from reports.compare.render import FORMATS
from tests.reports.compare.test_page import sides

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"terminal": "txt", "markdown": "md", "json": "json"}


@pytest.mark.parametrize("form", ENDINGS)
def test_a_comparison_is_the_golden_one(tmp_path: Path, form: str) -> None:
    written = FORMATS[form](sides(tmp_path)).replace(f"{tmp_path}/", "")
    golden = GOLDEN / f"flip.{ENDINGS[form]}"
    if os.environ.get("DEPLOYDAY_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


def test_the_json_reads_back(tmp_path: Path) -> None:
    found = sides(tmp_path)
    assert Comparison.model_validate_json(FORMATS["json"](found)) == found


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "old").glob("*.json")), ids=lambda p: p.stem
)
def test_reports_of_older_versions_are_compared(path: Path) -> None:
    """They are shown beside new ones; what needs a content version is said not to be comparable."""

    found = compare([read(path)], [read(Path(__file__).parents[1] / "golden" / "go.json")])
    assert "Reports without content versions" in found.warnings[-1]
    assert found.columns[1].total >= 0
    assert all(to(found) for to in FORMATS.values())
