"""What a description says of logs: for every host, for a role, for a node; it promises nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.arch import load
from harness.errors import UsageError

TEXT = """deployday: 1
name: x
extends: essex/six-node
hosts: {logs: {ignore: ["Returning exception * to caller"], files: [/var/log/ha/*.log]}}
roles: {compute: {logs: {ignore: [libvirt]}}}
nodes: {compute-1: {logs: {files: [/var/log/gpu.log]}}}
"""


def test_words_of_logs_add_up_and_are_no_clauses(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(TEXT)
    arch = load(str(tmp_path / "x.yaml"))
    nodes = arch.model.nodes
    assert nodes["compute-1"].logs.files == ["/var/log/gpu.log", "/var/log/ha/*.log"]
    assert nodes["compute-1"].logs.ignore == ["Returning exception * to caller", "libvirt"]
    assert nodes["storage-1"].logs.ignore == ["Returning exception * to caller"]
    assert not [path for path in arch.table.clauses if "logs" in path]
    assert load("essex/six-node").model.nodes["controller"].logs.ignore == []


@pytest.mark.parametrize("words", ["{files: [var/log/x]}", "{files: /var/log/x}", "{ignored: [x]}", "[x]"])
def test_what_cannot_be_read_is_said(tmp_path: Path, words: str) -> None:
    start = "deployday: 1\nname: x\nextends: essex/six-node\n"
    (tmp_path / "x.yaml").write_text(f"{start}hosts: {{logs: {words}}}\n")
    with pytest.raises(UsageError, match="logs"):
        load(str(tmp_path / "x.yaml"))
