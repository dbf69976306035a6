"""``deployday`` as a process: what it printed, how it ended, and what it left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 240


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


@dataclass
class Running:
    """One command; all that it starts carries its folder in the environment."""

    home: Path
    process: subprocess.Popen[str]
    done: Done | None = None
    lines: list[str] = field(default_factory=list)

    def end(self) -> Done:
        out, err = self.process.communicate(timeout=LIMIT)
        self.done = Done(self.process.returncode, "".join(self.lines) + out, err)
        return self.done

    def until(self, word: str) -> None:
        """Read what it prints until a line holds a word."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if word in line:
                return
        raise AssertionError(f"it ended before it said {word!r}: {''.join(self.lines)}")

    def over(self) -> Done:
        """What it came to; waits for it the first time."""
        return self.done or self.end()

    @property
    def folder(self) -> Path:
        [found] = [path.parent for path in (self.home / "runs").glob("*/run.json")]
        return found

    def left(self, patience: float = 5) -> list[str]:
        """Processes of this command that are still there after some patience."""
        ends = time.monotonic() + patience
        while (found := self._alive()) and time.monotonic() < ends:
            time.sleep(0.1)
        return found

    def _alive(self) -> list[str]:
        mark = f"TMPDIR={self.home}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return [words for words in found if words]


def start(home: Path, *words: str) -> Running:
    if words[0] in ("run", "report"):
        words = (*words, "--runs", str(home / "runs"))
    command = [sys.executable, "-P", "-u", "-m", "harness.cli", *words]
    return Running(home, _popen(home, command))


def start_pytest(home: Path, *words: str) -> Running:
    """Plain ``pytest scenarios`` in this checkout."""
    command = [sys.executable, "-m", "pytest", "scenarios", "-q", "-p", "no:cacheprovider", *words]
    return Running(home, _popen(home, command, cwd=ROOT))


def _popen(home: Path, command: list[str], cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start it with Ctrl-C listened to: what a shell starts by ``&`` ignores it, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            command,
            cwd=cwd or home,
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def environment(home: Path) -> Mapping[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("OS_", "PYTEST_"))}
    return {**kept, "TMPDIR": str(home), "HOME": str(home)}


@dataclass
class Lab:
    """A lab brought up and down by the command itself."""

    home: Path
    architecture: str = "six-node"
    info: Mapping[str, Any] = field(default_factory=dict)

    def up(self) -> None:
        words = (f"essex/{self.architecture}", "--home", str(self.home), "--json")
        done = start(self.home, "lab", "up", *words).end()
        assert done.code == 0, done.text
        self.info = json.loads(done.out)

    def down(self) -> None:
        done = start(self.home, "lab", "down", "--all", "--home", str(self.home)).end()
        assert done.code == 0, done.text

    @property
    def site(self) -> str:
        return str(self.info["site_file"])
