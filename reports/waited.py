"""How long a run waited for its cloud (``run --wait``), and what answered when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reports.model import Waited
from reports.record import Record
from reports.stories import number, text
from reports.text import count, line, seconds

_ANSWERING = ("identity.token", "preflight.endpoints_answer", "hosts.reachable")
_SHOWN = 6
_BLOCKED = "blocked by "
UNASKED = "it was not asked to the end"
"""Why a story counts as closed that a poll did not come to."""


def waited(record: Record) -> Waited | None:
    """What the record says of it; None where nobody waited."""
    rows = record.of_run("waited")
    if not rows:
        return None
    row = rows[-1]
    opened = {text(key): number(after) for key, after in _items(row.get("opened"))}
    closed = {text(key): text(why) for key, why in _items(row.get("closed"))}
    found = Waited(
        asked=text(row.get("asked")),
        seconds=number(row.get("seconds")),
        polls=int(number(row.get("polls"))),
        requests=int(number(row.get("requests"))),
        open=bool(row.get("open")) and not closed,
        opened=opened,
        closed=closed,
    )
    return found.model_copy(update={"told": sentence(found)})


def called(key: str) -> str:
    """What a preflight story is about, in a word: ``identity``, ``image``, a node."""
    name, _, subject = key.partition("[")
    if name in _ANSWERING[1:]:
        return subject.rstrip("]")
    return "identity" if name == "identity.token" else key.removeprefix("preflight.")


def answered(opened: Mapping[str, float]) -> list[str]:
    """``identity and compute after 31 s``, ``volume after 40 s``: services and hosts, earliest first."""
    moments: dict[float, list[str]] = {}
    for key, after in sorted(opened.items(), key=lambda item: item[1]):
        if key.partition("[")[0] in _ANSWERING and called(key) not in _flat(moments.values()):
            moments.setdefault(after, []).append(called(key))
    return [f"{few(names)} after {seconds(round(after, 1))}" for after, names in moments.items()]


def sentence(found: Waited) -> str:
    """All of it in one sentence."""
    head = f"{seconds(round(found.seconds, 1))} of {found.asked} for preflight to open"
    head += f" ({count(found.polls, 'poll')}, {count(found.requests, 'request')})"
    told = "; ".join(answered(found.opened))
    if found.open:
        return f"{head}: {told}" if told else head
    told_of = roots(found.closed)
    names = few(list(dict.fromkeys(map(called, told_of))))
    why = line(next(iter(told_of.values()), ""), 120)
    return f"{head}, in vain: {names} did not ({why})" + (f"; {told}" if told else "")


def roots(closed: Mapping[str, str]) -> Mapping[str, str]:
    """What is closed by itself: not for want of something else, nor because nobody came to ask it."""
    own = {key: why for key, why in closed.items() if why != UNASKED and not why.startswith(_BLOCKED)}
    return own or closed


def few(names: list[str]) -> str:
    """``a, b and 3 more``."""
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _flat(lists: Iterable[list[str]]) -> set[str]:
    return {name for names in lists for name in names}


def _items(thing: Any) -> Iterable[tuple[Any, Any]]:
    return thing.items() if isinstance(thing, dict) else ()
