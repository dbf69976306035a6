"""The few kinds of error that a user can act on.

Anything else that escapes is a defect of the harness and is shown as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in what the user wrote: where, what was expected, what was found, what to do.

    ``where`` names a file and line (``six-node.yaml:14``), an option or an environment variable; ``path`` is
    the place inside the description (``compute.flavors["m1.tiny"].ram``) where there is one.
    """

    where: str
    message: str
    path: str = ""
    expected: str = ""
    found: str = ""
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        head += f"{self.path}: " if self.path else ""
        lines = [head + self.message]
        lines += [f"    {name}: {text}" for name, text in self._details() if text]
        return "\n".join(lines)

    def _details(self) -> Iterable[tuple[str, str]]:
        return (("expected", self.expected), ("found", self.found), ("hint", self.hint))


class DeployDayError(Exception):
    """Base of all errors that are shown to the user without a trace-back."""


class UsageError(DeployDayError):
    """The command cannot be carried out as written: a wrong option, a bad file, no credential (exit 3).

    Carries every problem that was found, not the first one only.
    """

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(where="", message=p) for p in problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class CloudError(DeployDayError):
    """The cloud, or a host of it, did not do what a story needed: the story fails, the harness goes on.

    ``component`` is the service behind the exchange or command (``keystone``, ``nova``, ``glance``,
    ``nova-volume``, ``swift``, ``ssh``), ``cites`` the record rows that show it.
    """

    def __init__(self, message: str, *, component: str = "", cites: tuple[str, ...] = ()) -> None:
        self.component = component
        self.cites = cites
        super().__init__(message)


class OutOfReach(DeployDayError):  # noqa: N818 - a state, not a mistake
    """The description has it, but the access that the site grants cannot see it."""


class Untold(DeployDayError):  # noqa: N818 - a state, not a mistake
    """Whoever should know could not say: a tool is missing, an answer is not understood. It stays unknown."""


class LabError(DeployDayError):
    """The embedded lab could not be started, reached or stopped."""
