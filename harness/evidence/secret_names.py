"""Under which names, and in which places of a text, OpenStack puts its secrets.

Each pattern has one group ``secret``: what is cut out. They may take more than the secret, never less: a text
that was cut short in the middle of a secret ends it.
"""

from __future__ import annotations

import re

NAMES = frozenset(
    {
        "password",
        "passwd",
        "original_password",
        "adminpass",
        "admin_pass",
        "admin_password",
        "private_key",
        "secret",
        "secret_key",
        "x-auth-token",
        "x-storage-token",
        "x-subject-token",
        "x-service-token",
        "x-auth-key",
        "x-auth-new-token",
        "x-storage-pass",
        "set-cookie",
        "cookie",
        "authorization",
        "proxy-authorization",
        "x-account-meta-temp-url-key",
        "x-account-meta-temp-url-key-2",
        "auth_token",
        "admin_token",
        "api_key",
        "apikey",
        "temp_url_key",
        "sql_connection",
        "swift_hash_path_suffix",
        "swift_hash_path_prefix",
    }
)
"""Names of headers, JSON members and options, in lower case."""

_NAMES = "|".join(re.escape(name) for name in sorted(NAMES, key=len, reverse=True))
_STRING = r'"(?P<secret>(?:[^"\\]|\\.)*)(?:"|\\?\Z)'

MEMBERS = (
    # "password": "…" in JSON; the end of the text ends it too
    re.compile(rf'"(?:{_NAMES})"\s*:\s*{_STRING}', re.IGNORECASE | re.DOTALL),
    # \"password\": \"…\" in JSON inside JSON, at any depth of escaping
    re.compile(
        rf'(?<!\\)(?P<quote>\\{{1,15}}")(?:{_NAMES})(?P=quote)\s*:\s*(?P=quote)(?P<secret>.*?)(?:(?<!\\)(?P=quote)|\Z)',
        re.IGNORECASE | re.DOTALL,
    ),
    # Python's own spelling, as it stands in trace-backs: u'password': u'…'
    re.compile(rf"'(?:{_NAMES})'\s*:\s*u?'(?P<secret>(?:[^'\\]|\\.)*)(?:'|\Z)", re.IGNORECASE | re.DOTALL),
)

TOKEN_MEMBER = re.compile(
    rf'"token"\s*:\s*\{{(?:[^{{}}"]|"(?!id")[^"]*"|\{{[^{{}}]*\}})*?"id"\s*:\s*{_STRING}', re.DOTALL
)
"""``{"access": {"token": {"id": "…"}}}`` and ``{"auth": {"token": {"id": "…"}}}``, the tenant before or after
the id.
"""

HEADER_LINES = re.compile(
    r"\b(?:x-(?:auth|storage|subject|service)-token|x-auth-key|x-storage-pass|set-cookie|cookie|(?:proxy-)?authorization)"
    r"[ \t]*:[ \t]*(?P<secret>[^\r\n'\"\\]+)",
    re.IGNORECASE,
)

TOKEN_PATH = re.compile(
    r"(?:/tokens/|[?&](?:token|temp_url_sig|signature)=)(?P<secret>[^/?#&\s\"'\\<>]+)", re.IGNORECASE
)
"""Tokens of identity v2.0 stand in paths (``/v2.0/tokens/<id>/endpoints``), console tokens in queries."""

AUTHORITY = re.compile(r"://[^/\s:@\"']*:(?P<secret>[^/\s\"']+)@")
"""``mysql://nova:secret@controller/nova``."""

ASSIGNED = re.compile(
    r"(?<![\w-])[\w-]*(?:password|passwd|secret|secret_key|adminpass|admin_token|auth_token|swift_hash_path_(?:suffix|prefix))"
    r"[ \t]*=[ \t]*(?P<quote>[\"']?)(?P<secret>[^\s\"'&\\<>]+)",
    re.IGNORECASE,
)
"""``rabbit_password = …`` of option files, ``password=…`` of forms and of XML."""

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,9}PRIVATE KEY-----(?P<secret>.*?)(?:-----END [A-Z0-9 ]{0,9}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)

_ANY_NAME = ("pass", "secret", "key", "token", "cookie", "authorization", "sql_connection", "swift_hash")
PATTERNS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("private key",), PRIVATE_KEY),
    (('"token"',), TOKEN_MEMBER),
    *((_ANY_NAME, pattern) for pattern in MEMBERS),
    (("-token", "-key", "-pass", "cookie", "authorization"), HEADER_LINES),
    (("/tokens/", "token=", "sig=", "signature="), TOKEN_PATH),
    (("@",), AUTHORITY),
    (("pass", "secret", "token", "swift_hash"), ASSIGNED),
)
"""All of them in order, each with lower-case words of which one must be there: most texts have none."""
