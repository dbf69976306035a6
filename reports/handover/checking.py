"""Whether a sign-off belongs to a report, and is as it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reports.handover.signoff import Signoff
from reports.handover.signoff_pages import to_page, to_text

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True)
class Checked:
    """``belongs``: it is of this report and nobody changed a word of it."""

    belongs: bool
    said: str


def check(data: bytes, page: Signoff) -> Checked:
    """Compare a file with what this report's sign-off says, as a page or as text."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    if text in (to_page(page), to_text(page)):
        return Checked(True, f"it is the sign-off of this report.json ({page.report.verdict}), unchanged")
    found = _DIGEST.findall(text)
    if page.digest in found:
        return Checked(
            False,
            "it names this report.json and says something else: changed, or of another version",
        )
    if not found:
        return Checked(False, "it is no sign-off: no SHA-256 stands in it")
    return Checked(False, "it is the sign-off of another report.json, or this one was written anew since")
