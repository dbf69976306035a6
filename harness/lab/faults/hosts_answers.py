"""Ways for a host to answer badly: in the middle it falls silent, or what it says is meant to do harm."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.hosts_where import holding, on
from harness.lab.faults.registry import Bench, fault

_TERMINAL = "\x1b[2J\x1b]0;owned\x07\x1b[31m"
_BROKEN = "\xff\xfe\xc3\x28"
_FRAME = "0123456789abcdef0123456789abcdef"
_FORGED = f"{_FRAME} ? 0\n{_FRAME} = resolvers\n{_FRAME} }} resolvers\n{_FRAME} .\n"


@fault(
    "hosts.falls_silent",
    component="ssh",
    caught_by=on("object-storage", "hosts.facts"),
    story="The last storage node hangs in the middle of its answer: a device under it has died.",
    seam="real",
)
def falls_silent(bench: Bench) -> Iterator[None]:
    """After 3,000 bytes nothing comes any more, and the connection stays."""
    with bench.doing("host silent after", holding(bench, "object-storage"), 3000):
        yield


@fault(
    "hosts.hostile_answer",
    component="host",
    caught_by=on("object-storage", "hosts.named"),
    story="Whoever holds the last storage node answers with orders to terminals, bytes that are no text, "
    "forged frames and far too much of it.",
    seam="real",
)
def hostile_answer(bench: Bench) -> Iterator[None]:
    """In its name, its list of name servers, its processes."""
    node = holding(bench, "object-storage")
    huge = "".join(f"{number}|root|/bin/x {_TERMINAL}{'A' * 2000}\n" for number in range(5000, 5400))
    with (
        bench.doing(
            "host file", node, "/proc/sys/kernel/hostname", lambda _: f"{_TERMINAL}{node}{_BROKEN}\n"
        ),
        bench.doing("host file", node, "/etc/resolv.conf", lambda text: f"{_FORGED}{text}"),
        bench.doing("host table", node, "processes", lambda text: text + huge),
    ):
        yield
