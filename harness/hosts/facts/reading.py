"""The answer of a host as facts: whatever it says, this raises nothing and shows no secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.hosts.facts.accounts import read_users
from harness.hosts.facts.backends import read_broker, read_database
from harness.hosts.facts.files import read_files, read_sysctl
from harness.hosts.facts.frames import Section, printable, sections
from harness.hosts.facts.hardware import read_clock, read_cpu, read_disks, read_memory, read_system
from harness.hosts.facts.listeners import read_listeners
from harness.hosts.facts.model import NOT_ASKED, Config, Facts, Unknown
from harness.hosts.facts.networking import read_interfaces, read_resolvers, read_rules
from harness.hosts.facts.nova import read_domains, read_managed
from harness.hosts.facts.options import read_config
from harness.hosts.facts.packages import read_packages
from harness.hosts.facts.processes import read_processes
from harness.hosts.facts.questions import SECTIONS, Questions
from harness.hosts.facts.secrets import Secrets
from harness.hosts.facts.services import read_services
from harness.hosts.facts.storage import read_mounts, read_space, read_targets, read_volume_groups

_PLAIN: dict[str, Callable[[Section], Any]] = {
    "system": read_system,
    "cpu": read_cpu,
    "memory": read_memory,
    "disks": read_disks,
    "volume_groups": read_volume_groups,
    "mounts": read_mounts,
    "space": read_space,
    "interfaces": read_interfaces,
    "resolvers": read_resolvers,
    "packages": read_packages,
    "users": read_users,
    "rules": read_rules,
    "domains": read_domains,
    "targets": read_targets,
    "managed": read_managed,
    "broker": read_broker,
    "database": read_database,
}
_LONGEST = 16_384
_NO_ANSWER = "the answer ended before it was told"
_SILENT = "the host's shell did not tell it"


def read_facts(
    node: str,
    output: str,
    questions: Questions,
    nonce: str,
    secrets: Secrets,
    sent: float,
    received: float,
    complete: bool = True,
) -> Facts:
    """Facts of the answer to ``script(questions, nonce)``.

    ``sent`` and ``received`` are seconds since the epoch by the harness' clock; ``complete`` says whether the
    host came to the end of its answer: it says why something is missing. What did not come, or in no format
    that is known, is ``Unknown``.
    """
    reader = _Reading(sections(output, nonce), questions, secrets, sent, received, complete)
    told = {name: reader.section(name) for name in SECTIONS}
    return Facts(
        node=node,
        taken=sent,
        seconds=round(max(0.0, received - sent), 3),
        doubles=reader.doubles(),
        **told,
    )


def raw(output: str, secrets: Secrets) -> str:
    """The answer as it is kept for evidence: without secrets; a line ends after 16,384 characters."""
    return secrets.cut("\n".join(printable(line[:_LONGEST]) for line in output.split("\n")))


class _Reading:
    """One answer, read section by section."""

    def __init__(
        self,
        found: dict[str, Section],
        questions: Questions,
        secrets: Secrets,
        sent: float,
        received: float,
        complete: bool,
    ) -> None:
        self._found = found
        self._questions = questions
        self._secrets = secrets
        self._times = sent, received
        self._complete = complete
        self._processes = self._safely("processes", lambda section: read_processes(section, secrets))

    def section(self, name: str) -> Any:
        """A part of the facts."""
        if name not in self._questions.sections:
            return NOT_ASKED
        if name == "processes":
            return self._processes
        return self._safely(name, lambda section: self._read(name, section))

    def doubles(self) -> tuple[str, ...]:
        """What a lab's node says that it plays."""
        system = self._found.get("system")
        part = system.part("/etc/deployday-doubles") if system else None
        return tuple(line.strip() for line in part.lines if line.strip()) if part else ()

    def _safely(self, name: str, read: Callable[[Section], Any]) -> Any:
        section = self._found.get(name)
        if section is None:
            return Unknown(unknown=_SILENT if self._complete else _NO_ANSWER)
        try:
            return read(section)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return Unknown(unknown=f"a format never seen ({type(error).__name__})")

    def _read(self, name: str, section: Section) -> Any:
        if name == "clock":
            return read_clock(section, self._found.get("clock_end"), *self._times)
        if name == "services":
            return read_services(section, self._processes)
        if name == "listeners":
            return read_listeners(section, self._processes)
        if name == "files":
            return read_files(section, self._questions.files)
        if name == "sysctl":
            return read_sysctl(section, self._questions.sysctl)
        if name == "configs":
            return self._configs(section)
        return _PLAIN[name](section)

    def _configs(self, section: Section) -> dict[str, Config | Unknown]:
        lost = section.unknown()
        return {
            path: read_config(section.parts[path], self._secrets) if path in section.parts else lost
            for path in self._questions.configs
        }
