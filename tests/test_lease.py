"""Who belongs to a run, and who may clean it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.lease import alone, held, holders, join

HOLD = """
import sys, time, pathlib
from harness.lease import join
lease = join(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
child = '''
import os, sys, time
from harness.lease import die_with_parent
die_with_parent(int(sys.argv[1]))
print(os.getpid(), flush=True)
time.sleep(60)
'''
subprocess.Popen([sys.executable, "-c", child, str(os.getpid())])
time.sleep(60)
"""
LATE = """
import os, sys
from harness.lease import die_with_parent
die_with_parent(1 if os.getppid() != 1 else 2)
print("still here")
"""


def start(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "run.lock"


def test_several_belong_to_a_run_and_nobody_cleans_it_meanwhile(lock: Path) -> None:
    first, second = join(lock), join(lock)
    assert held(lock)
    assert os.getpid() in holders(lock)
    with pytest.raises(UsageError, match=f"still alive[\\s\\S]*{os.getpid()}"), alone(lock, patience=0.2):
        pass
    first.release()
    assert held(lock)
    second.release()
    second.release()
    assert not held(lock)
    with alone(lock, patience=0):
        assert held(lock)


def test_nobody_joins_a_run_that_is_being_cleaned(lock: Path) -> None:
    with alone(lock), pytest.raises(UsageError, match="being cleaned up"):
        join(lock)
    with join(lock):
        pass


def test_a_run_that_never_was_is_held_by_nobody(lock: Path) -> None:
    assert not held(lock)
    assert holders(lock) == []
    assert not lock.exists()


def test_the_kernel_gives_the_lock_of_the_killed_back(lock: Path) -> None:
    process = start(HOLD, str(lock))
    assert line(process) == "held"
    told: list[list[int]] = []
    with pytest.raises(UsageError), alone(lock, patience=0.15, waiting=told.append):
        pass
    assert told == [[process.pid]]
    os.kill(process.pid, signal.SIGKILL)
    begin = time.monotonic()
    with alone(lock, patience=10):
        assert time.monotonic() - begin < 5
    process.communicate()


def test_cleaning_waits_for_those_who_are_leaving(lock: Path) -> None:
    process = start(HOLD, str(lock))
    assert line(process) == "held"
    leaving = threading.Timer(0.4, process.kill)
    leaving.start()
    with alone(lock, patience=20):
        assert not alive(process.pid)
    leaving.join()
    process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_worker_dies_with_its_parent() -> None:
    parent = start(PARENT)
    child = int(line(parent))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 10
    while alive(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not alive(child)
    parent.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_worker_whose_parent_is_gone_already_ends_at_once() -> None:
    process = start(LATE)
    output, _ = process.communicate(timeout=20)
    assert (output, process.returncode) == ("", -signal.SIGKILL)


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
