"""No report brings back what the record left out; with redaction off the same search finds it."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from harness.evidence import Recorder
from harness.evidence.folder import RunFolder
from reports.build import build
from reports.render import FORMATS, write_all
from tests.reports.stage import Stage, planned

CANARY = "c4n4ry/pass word+1234"
FORMS = {
    CANARY,
    quote(CANARY, safe=""),
    base64.b64encode(CANARY.encode()).decode(),
}


def run(home: Path, *, redact: bool) -> RunFolder:
    """A failing story that shows the secret in every form, wherever a row has room for text."""
    folder = Stage(home, plan=[planned("identity.token", "preflight", "A token.")]).folder
    text = " ".join(sorted(FORMS))
    with Recorder(folder.events, worker="gw1", redact=redact) as recorder:
        recorder.secret(CANARY)
        recorder.scenario, recorder.step = "identity.token", 1
        recorder.write("step", phase="start", number=1, title=text)
        message = {"headers": {"X-Auth-Token": CANARY}, "body": text}
        row = recorder.write(
            "exchange", component="keystone", service="identity", method="GET", url=f"http://h/{quote(CANARY)}",
            status=500, ms=1.0, request_id=text, request=message, response=message, error=text,
        )  # fmt: skip
        recorder.write(
            "command", component="ssh", host="h", command=text, status=1, stdout=text, stderr=text, ms=1.0
        )
        recorder.write("check", sentence=text, ok=False, expected=text, found=text, cites=[row])
        recorder.write("observation", clause="region", observed=text, cites=[row])
        recorder.write("step", phase="end", number=1, title=text, ok=False, error=text)
        recorder.write("verdict", outcome="failed", met=False, reason=text, cites=[row], duration=1.0)
    return folder


def found(folder: RunFolder) -> set[str]:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in folder.path.iterdir()]
    texts.append(FORMATS["terminal"](build(folder)))
    return {form for form in FORMS for text in texts if form in text}


@pytest.mark.parametrize("redact", [True, False])
def test_no_file_holds_the_canary_unless_redaction_is_off(tmp_path: Path, redact: bool) -> None:
    folder = run(tmp_path, redact=redact)
    write_all(build(folder), folder.path)
    assert found(folder) == (set() if redact else FORMS)
