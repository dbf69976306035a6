"""What nobody may see of a log: services of the time wrote tokens and passwords into theirs.

Beyond what is a secret anywhere on a host (``Secrets.cut``): values behind a telling name in a printed Python
dictionary or a WSGI environment, and the token that Swift's proxy writes into its line of a request.
"""

from __future__ import annotations

import re

from harness.hosts.facts.secrets import SEALED, Secrets

_NAMED = re.compile(
    r"(?P<head>(?:token|secret|passw(?:or)?d|passphrase|admin_?pass|signature|private_?key|credentials?)"
    r"[\w-]{0,24}[\"']?\s{0,40}(?:[:=]>?|\s)\s{0,40}u?[\"']?)(?P<value>(?=[^\s\"',;})]*\d)[^\s\"',;})]{8,})",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<=[\s,])(?P<value>(?:AUTH_tk)?[0-9a-f]{32})(?=[\s,]|$)")
_PROXY = " proxy-server"


def cut(text: str, secrets: Secrets) -> str:
    """The text of a log without secrets; the number of lines stays."""
    return "\n".join(_line(line, secrets) for line in secrets.cut(text).split("\n"))


def _line(line: str, secrets: Secrets) -> str:
    line = _NAMED.sub(lambda found: found["head"] + _seal(found["value"], secrets), line)
    if _PROXY in line:
        line = _TOKEN.sub(lambda found: _seal(found["value"], secrets), line)
    return line


def _seal(value: str, secrets: Secrets) -> str:
    return value if SEALED.match(value) or value.startswith("[redacted") else secrets.seal(value)
