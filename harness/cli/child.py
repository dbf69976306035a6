"""The pytest that tells the stories: a child of the command, with our plugin and no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import IO

from harness.errors import UsageError
from harness.evidence.folder import RunFolder
from harness.lease import die_with_parent

_PYTEST = ["-P", "-m", "pytest", "--pyargs", "scenarios", "-q", "--no-header", "--tb=short"]
_PLUGINS = ["-p", "harness.plugin", "-p", "xdist.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
"""The plugins that a run needs and no other: what else is installed costs every worker its start."""
_PYTEST_USAGE, _PYTEST_NOTHING = 4, 5
_EXPECTED = (0, 1, 2, 5)
_LONGEST = 8000


def start(folder: RunFolder, words: Sequence[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start it; it writes its record into the folder, and ends with this process."""
    command = [sys.executable, *_PYTEST, *_PLUGINS, "--import-mode=importlib", "-c", os.devnull]
    command += ["--rootdir", str(folder.path), "--run-dir", str(folder.path), *words]
    return subprocess.Popen(
        command,
        stdout=output,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is passed on once, by whoever waits for it, not twice
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        preexec_fn=partial(die_with_parent, os.getpid()),
    )


def complain(code: int, folder: RunFolder, output: IO[bytes]) -> None:
    """Show what pytest printed where it broke; raises ``UsageError`` where it was called wrongly."""
    if code not in _EXPECTED or not folder.events.exists():
        output.seek(0, os.SEEK_END)
        output.seek(max(0, output.tell() - _LONGEST))
        broke(code, output.read().decode(errors="replace"))


def broke(code: int, said: str) -> None:
    """What pytest printed: its one usage error as ours, anything else as it is."""
    if code == _PYTEST_NOTHING:
        raise UsageError(
            "no scenario of this architecture is called so: see `deployday plan` for their names"
        )
    wrong = said.rpartition("\nERROR: ")[2] if code == _PYTEST_USAGE else ""
    if wrong and wrong != said:
        raise UsageError(wrong.strip())
    sys.stderr.write(said)
