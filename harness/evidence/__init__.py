"""What a run leaves behind, and the one judge over it.

``folder`` owns the names of a run's files, ``writer`` and ``reader`` the record, ``redaction`` what may not
enter it, ``waivers`` the accepted deviations (``waiverfile`` their
file, ``standing`` what became of each), ``verdict`` the judge. Everything here knows descriptions
(``harness.arch``) and errors, and nothing of clouds, clients or pytest. The judge is pure: a stored run can
be judged again.
"""

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
