"""What can go wrong with a host."""

from __future__ import annotations

from harness.errors import CloudError


class HostError(CloudError):
    """A host did not give what was asked for."""


class HostUnreachable(HostError):  # noqa: N818 - named as the field speaks
    """The host cannot be entered: no answer, an unknown or changed host key, or no key that it accepts."""


class LoginRefused(HostUnreachable):
    """The host answers, and lets this user not in with this key."""


class BecomeRefused(HostError):  # noqa: N818 - named as the field speaks
    """The host was entered, and its sudo does not make the user root."""


class FileMissing(HostError):  # noqa: N818 - named as the field speaks
    """There is no such file on the host, or it may not be read."""
