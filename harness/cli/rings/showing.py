"""How rings are shown: findings by severity, shares."""

from __future__ import annotations

from collections.abc import Iterable

from harness.cli.showing import UNREAD, WRONG, AsJson, as_json, say, say_table
from harness.rings import Finding

__all__ = ["UNREAD", "WRONG", "AsJson", "as_json", "percent", "say", "say_findings", "say_table"]
_MARKS = {"error": "wrong", "warning": "doubtful", "info": "note"}


def say_findings(findings: Iterable[Finding], indent: str = "  ") -> None:
    """One line a finding, with the partitions that it is about."""
    for finding in findings:
        where = f" (partitions {finding.partitions})" if finding.partitions.count else ""
        if f"partitions {finding.partitions}" in finding.sentence:
            where = ""
        say(f"{indent}{_MARKS[finding.severity]:<8}  {finding.sentence}{where}")


def percent(share: float) -> str:
    """A share as text, with two digits that tell."""
    return f"{100 * share:.3g} %"
