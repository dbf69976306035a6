"""Identity, captured: roles, tenants and users, extensions, how long a token lives."""

from __future__ import annotations

from collections.abc import Iterable

from harness.clients.session import CloudSession
from harness.describing.found import OURS, Found

MOST = 40
"""More tenants or users than this are customers, whom no description lists."""
_ROUND = (3600.0, 60.0, 1.0)


def identity(found: Found, session: CloudSession, *, admin: bool) -> None:
    """What identity says of itself and, to an administrator, of whom it knows."""
    here = ("identity",)
    with found.looking("identity"):
        token = session.identity.token
        found.put((*here, "token_lifetime"), f"{_rounded(token.lifetime):g} s")
        found.put((*here, "version"), session.identity.version)
    if not admin:
        for part in ("roles", "tenants", "users", "extensions", "catalogue"):
            found.blind(f"identity.{part}", "the account is no administrator")
        return
    with found.looking("identity.extensions"):
        found.put((*here, "extensions"), [each.alias for each in session.identity.list_extensions("admin")])
    with found.looking("identity.catalogue"):
        stored = session.identity.list_endpoints() is not None
        found.put((*here, "catalogue"), "sql" if stored else "templated")
    with found.looking("identity.roles"):
        _names(found, "roles", (each.name for each in session.identity.list_roles()))
    with found.looking("identity.tenants"):
        _names(found, "tenants", (each.name for each in session.identity.list_tenants()))
    with found.looking("identity.users"):
        _names(found, "users", (each.name for each in session.identity.list_users()))


def _names(found: Found, part: str, names: Iterable[str]) -> None:
    """Names in the base's order, then by the alphabet; of too many only those that a base knows."""
    known = list(found.based(("identity", part)) or ())
    told = {name for name in names if not name.startswith(OURS)}
    listed = sorted(name for name in told if name.isprintable() and 0 < len(name) <= 255)
    if len(listed) > MOST:
        kept = [name for name in listed if name in known]
        found.odd.append(f"{len(listed) - len(kept)} {part} of identity are not listed: too many to be meant")
        listed = kept
    found.put(
        ("identity", part), [*(n for n in known if n in listed), *(n for n in listed if n not in known)]
    )


def _rounded(seconds: float) -> float:
    """A lifetime without the seconds that the answer took."""
    for unit in _ROUND:
        whole = round(seconds / unit) * unit
        if whole and abs(whole - seconds) <= min(unit / 2, 0.005 * seconds):
            return whole
    return seconds
