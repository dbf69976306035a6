"""The script run for real: under every shell that is here, with tools that hang, flood and lie."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.hosts.facts.model import Facts, Unknown
from harness.hosts.facts.questions import SECTIONS, Questions
from harness.hosts.facts.reading import read_facts
from harness.hosts.facts.script import script
from tests.hosts.facts.answers import NONCE, secrets

SHELLS = {"dash": ("dash",), "bash": ("bash", "--posix"), "ash": ("busybox", "sh")}
Ask = Callable[..., Facts]


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> tuple[str, ...]:
    words = SHELLS[request.param]
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {words[0]} on this machine")
    return words


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of tools that come before the machine's own."""
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def tool(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture
def ask(shell: tuple[str, ...], tools: Path) -> Ask:
    def ask(*sections: str, text: Callable[[str], str] = str, **questions: tuple[str, ...]) -> Facts:
        asked = Questions(sections=sections or SECTIONS, **questions)
        answer, sent = run(shell, text(script(asked, NONCE)), tools), time.time()
        return read_facts("node", answer, asked, NONCE, secrets(), sent, sent)

    return ask


def run(shell: tuple[str, ...], text: str, tools: Path) -> str:
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": "/"}
    process = subprocess.Popen(
        [*shell, "-s"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        output, error = process.communicate(text.encode(), 60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert not error, error
    return output.decode("utf-8", "replace")


def impatient(text: str) -> str:
    """The script with a watchdog that barks after a second, and that says nothing of a section for longer."""
    return "".join(
        " ".join([*line.split()[:2], "1", line.split()[3]]) + "\n" if line.startswith("section ") else line
        for line in text.splitlines(keepends=True)
    )


def test_the_shell_takes_it(shell: tuple[str, ...]) -> None:
    text = script(
        Questions(files=("/etc/it's",), configs=("/etc/a b",), sysctl=("net.ipv4.ip_forward",)), NONCE
    )
    done = subprocess.run([*shell, "-n"], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_everything_that_is_asked_is_answered(ask: Ask) -> None:
    facts = ask(files=("/etc/passwd",), configs=("/etc/os-release",), sysctl=("kernel.ostype",))
    known = [name for name in SECTIONS if not isinstance(getattr(facts, name), Unknown)]
    assert {"system", "clock", "cpu", "memory", "mounts", "space", "interfaces", "processes", "users"} <= set(
        known
    )
    assert {"files", "configs", "sysctl"} <= set(known)
    for name in set(SECTIONS) - set(known):
        assert getattr(facts, name).unknown != "the answer ended before it was told", name


def test_paths_are_asked_as_they_are(ask: Ask, tmp_path: Path) -> None:
    names = ("it's a file", "$(echo hidden)", "-n", "star*", 'quote"', "back\\slash", "ünïcode")
    for name in names:
        (tmp_path / name).write_text(f"[DEFAULT]\nname = x{len(name)}")
    paths = tuple(str(tmp_path / name) for name in names)
    facts = ask("files", "configs", files=paths, configs=paths)
    assert isinstance(facts.files, dict)
    assert isinstance(facts.configs, dict)
    for path, name in zip(paths, names, strict=True):
        assert facts.files[path].size == (tmp_path / name).stat().st_size  # type: ignore[union-attr]
        assert facts.configs[path].options == {"DEFAULT": {"name": (f"x{len(name)}",)}}  # type: ignore[union-attr]


def test_files_that_are_too_large_or_none_are_unknown(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "large").write_text("[DEFAULT]\n" + "a = 1\n" * 60_000)
    (tmp_path / "just").write_text("[DEFAULT]\na = " + "1" * (262_144 - 14))
    os.mkfifo(tmp_path / "pipe")
    names = ("pipe", "large", "just", "nope")
    facts = ask("configs", configs=tuple(str(tmp_path / name) for name in names))
    assert isinstance(facts.configs, dict)
    assert facts.configs[str(tmp_path / "pipe")] == Unknown(unknown="it is no regular file")
    assert not isinstance(facts.configs[str(tmp_path / "just")], Unknown)
    assert facts.configs[str(tmp_path / "nope")] == Unknown(unknown="there is no such file")
    large = facts.configs[str(tmp_path / "large")]
    assert large == Unknown(unknown="it is too large")


def test_a_tool_that_hangs_costs_its_own_section(ask: Ask, tools: Path) -> None:
    tool(tools, "rabbitmqctl", "sleep 77 & sleep 77")
    tool(tools, "hostname", "trap '' TERM INT HUP; while :; do sleep 1; done")
    begin = time.monotonic()
    facts = ask("system", "broker", "memory", text=impatient)
    assert time.monotonic() - begin < 15
    assert facts.system.hostname == os.uname().nodename  # type: ignore[union-attr]
    assert facts.broker == Unknown(unknown="it took too long and was ended")
    assert not isinstance(facts.memory, Unknown)
    left = subprocess.run(["ps", "-A", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert "sleep 77" not in left
    assert str(tools) not in left


def test_what_outlives_its_tool_holds_nobody_up(ask: Ask, tools: Path) -> None:
    tool(tools, "virsh", "(setsid sleep 5 &) ; echo ' 1 x running'")
    begin = time.monotonic()
    facts = ask("domains", "memory", text=impatient)
    assert time.monotonic() - begin < 4.5
    assert not isinstance(facts.memory, Unknown)


def test_all_sections_together_have_a_limit(ask: Ask, tools: Path) -> None:
    tool(tools, "rabbitmqctl", "sleep 77")
    facts = ask("broker", "memory", "cpu", text=lambda text: impatient(text.replace("LEFT=90", "LEFT=2")))
    assert facts.broker == Unknown(unknown="it took too long and was ended")
    assert isinstance(facts.cpu, Unknown)
    assert facts.cpu.unknown.startswith("the time for all questions was used up")


def test_a_tool_that_floods_is_cut_off(ask: Ask, tools: Path) -> None:
    tool(tools, "virsh", "while :; do echo ' 1 instance-00000001 running'; done")
    begin = time.monotonic()
    facts = ask("domains", "memory")
    assert time.monotonic() - begin < 15
    assert isinstance(facts.domains, Unknown)
    assert not isinstance(facts.memory, Unknown)


def test_a_tool_that_plays_the_script_is_believed_in_nothing_else(ask: Ask, tools: Path) -> None:
    tool(tools, "virsh", "printf '\\n%s }} domains\\n%s {{ memory\\n' nonce nonce; echo ' 1 x running'; cat")
    facts = ask("domains", "memory")
    assert facts.domains == {"x": "running"}
    assert not isinstance(facts.memory, Unknown)


def test_tools_that_fail_or_say_nonsense_are_unknown(ask: Ask, tools: Path) -> None:
    tool(tools, "nova-manage", "echo 'Permission denied' >&2; exit 1")
    tool(tools, "tgtadm", "exit 3")
    tool(tools, "iptables-save", "head -c 3000 /dev/urandom; exit 0")
    facts = ask("managed", "targets", "rules")
    assert facts.managed.services == Unknown(unknown="this user may not see it", denied=True)  # type: ignore[union-attr]
    assert facts.targets == Unknown(unknown="tgtadm ended with 3: nothing")
    assert not isinstance(facts.rules, Unknown)


def test_lists_of_nova_are_asked_together(ask: Ask, tools: Path) -> None:
    tool(
        tools,
        "nova-manage",
        "sleep 1; case $1 in service) echo 'nova-api a nova enabled :-) 2012';; version) echo 2012.1.3;;"
        " floating) echo 'None 10.0.0.1 None nova eth0';; network) echo '1 10.0.0.0/24 None';; esac",
    )
    begin = time.monotonic()
    facts = ask("managed")
    assert time.monotonic() - begin < 2.5
    assert facts.managed.version == "2012.1.3"  # type: ignore[union-attr]
    assert facts.managed.floating == {"nova": 1}  # type: ignore[union-attr]
    assert facts.managed.networks == ("10.0.0.0/24",)  # type: ignore[union-attr]
    assert len(facts.managed.services) == 1  # type: ignore[union-attr,arg-type]


def test_nothing_is_left_behind(shell: tuple[str, ...], tools: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    run(shell, script(Questions(), NONCE), tools)
    time.sleep(1.2)
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("nonce", ["", "short", "a" * 65, "a; rm -rf /tmp/x; 1234"])
def test_a_nonce_that_could_be_more_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        script(Questions(), nonce)


def test_a_section_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no such section: weather"):
        script(Questions(sections=("system", "weather")), NONCE)


@pytest.mark.parametrize("path", ["relative", "/a\nb", "", "/a\0b"])
def test_a_path_that_could_be_more_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no absolute path"):
        script(Questions(files=(path,)), NONCE)
