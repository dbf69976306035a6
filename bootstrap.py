"""Set up Deploy Day in ``.venv`` beside this file, then run it. Needs Python 3.11 or later and nothing else.

    python3 bootstrap.py run essex/six-node --lab    any deployday command, after the set-up
    python3 bootstrap.py test                        the tests (further words go to pytest)
    python3 bootstrap.py setup [run|dev]             the set-up alone

What is installed is pinned with hashes in ``requirements/``; a second call finds it there and starts at once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 11), (3, 14)
BESIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder")
"""Files of tests run beside each other, a file as a whole: its tests share what is costly to set up."""


def main(words: list[str]) -> int:
    """Set up what the words need, then hand over to it; returns its exit code."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:2]))
        print(f"Deploy Day needs Python 3.11 to 3.14; this is {found}. Try: python3.12 bootstrap.py …")
        return 3
    if not words or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if words else 3
    if words[0] == "setup":
        environment(words[1] if len(words) > 1 else "run")
        return 0
    if words[0] == "test":
        python = environment("dev")
        return subprocess.call([python, "-m", "pytest", *BESIDE, *words[1:]], cwd=HERE)
    python = environment("run")
    return subprocess.call([python, "-P", "-m", "harness.cli", *words])


def environment(kind: str) -> str:
    """Make or renew ``.venv`` from ``requirements/<kind>.lock``; returns the path of its Python."""
    folder = Path(os.environ.get("DEPLOYDAY_VENV", HERE / ".venv"))
    python = folder / "bin" / "python"
    lock = HERE / "requirements" / f"{kind}.lock"
    if not lock.is_file():
        raise SystemExit(f"no such set-up: {kind} (there are run and dev)")
    stamp = folder / f"{kind}.stamp"
    wanted = hashlib.sha256(lock.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return str(python)
    started = time.monotonic()
    print(f"Setting up Deploy Day in {folder} (once) …", flush=True)
    if not python.exists():
        _call(
            [sys.executable, "-m", "venv", str(folder)],
            "python3 -m venv failed; on Debian: apt install python3-venv",
        )
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    _call([*pip, "--require-hashes", "--requirement", str(lock)], "the packages could not be installed")
    _call(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(HERE)],
        "Deploy Day could not be installed",
    )
    stamp.write_text(wanted)
    print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
    return str(python)


def _call(command: list[str], message: str) -> None:
    if subprocess.call(command) != 0:
        raise SystemExit(f"{message}\n    {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
