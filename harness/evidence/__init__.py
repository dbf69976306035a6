"""What a run leaves behind, and the one judge over it.

``folder`` owns the names of a run's files, ``writer`` and ``reader`` the record, ``redaction`` what may not
enter it, ``waivers`` the accepted deviations (``waiverfile`` their file, ``standing`` what became of each),
``carried`` results of earlier runs, ``verdict`` the judge. Everything here knows descriptions
(``harness.arch``) and errors, and nothing of clouds, clients or pytest. The judge is pure: a stored run can
be judged again.

A name is imported when it is asked for: the judge takes longer than a command that only reads a folder.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.evidence.folder import RunFolder, create_run, open_run, read_json, runs, write_json
    from harness.evidence.reader import Row, Tail, read_record, row_id
    from harness.evidence.redaction import MARK, Redactor, public_words
    from harness.evidence.verdict import judge, judge_clause, judge_scenario
    from harness.evidence.verdicts import (
        ClauseVerdict,
        Coverage,
        Extra,
        Judgement,
        ScenarioVerdict,
    )
    from harness.evidence.waiverfile import load_waivers
    from harness.evidence.waivers import Waiver
    from harness.evidence.writer import Recorder

_PLACES = {
    "ClauseVerdict": "verdicts",
    "Coverage": "verdicts",
    "Extra": "verdicts",
    "Judgement": "verdicts",
    "MARK": "redaction",
    "Recorder": "writer",
    "Redactor": "redaction",
    "Row": "reader",
    "RunFolder": "folder",
    "ScenarioVerdict": "verdicts",
    "Tail": "reader",
    "Waiver": "waivers",
    "create_run": "folder",
    "judge": "verdict",
    "judge_clause": "verdict",
    "judge_scenario": "verdict",
    "load_waivers": "waiverfile",
    "open_run": "folder",
    "public_words": "redaction",
    "read_json": "folder",
    "read_record": "reader",
    "row_id": "reader",
    "runs": "folder",
    "write_json": "folder",
}

__all__ = [
    "MARK",
    "ClauseVerdict",
    "Coverage",
    "Extra",
    "Judgement",
    "Recorder",
    "Redactor",
    "Row",
    "RunFolder",
    "ScenarioVerdict",
    "Tail",
    "Waiver",
    "create_run",
    "judge",
    "judge_clause",
    "judge_scenario",
    "load_waivers",
    "open_run",
    "public_words",
    "read_json",
    "read_record",
    "row_id",
    "runs",
    "write_json",
]


def __getattr__(name: str) -> Any:
    """The name from its module; raises ``AttributeError`` where there is none."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
