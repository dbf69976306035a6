"""What is a host's own inside of a value: names and addresses; ``<name>``, ``<address of eth0>``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from harness.fleet.values import Value
from harness.hosts.facts.model import Facts, Unknown

_LOOPBACK = ("127.0.0.1", "::1")


def own_words(facts: Facts) -> dict[str, str]:
    """The names and addresses of a host, and what each is called."""
    words = {facts.node: "<name>"}
    if not isinstance(facts.system, Unknown):
        words |= {facts.system.fqdn: "<full name>", facts.system.hostname: "<name>"}
    interfaces = {} if isinstance(facts.interfaces, Unknown) else facts.interfaces
    for name, each in interfaces.items():
        words |= {address.partition("/")[0]: f"<address of {name}>" for address in each.addresses}
        words |= {each.mac: f"<MAC of {name}>"}
    return {word: called for word, called in words.items() if word and word not in _LOOPBACK}


def masking(facts: Facts) -> Callable[[Value], Value] | None:
    """A function that writes a value without what is the host's own, whole words only; None where the host
    does not tell its addresses.
    """
    if isinstance(facts.interfaces, Unknown):
        return None
    return _masking(facts)


def _masking(facts: Facts) -> Callable[[Value], Value]:
    words = {word.lower(): called for word, called in own_words(facts).items()}

    @cache
    def found() -> re.Pattern[str]:
        either = "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
        return re.compile(rf"(?<![\w.-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)

    def put(match: re.Match[str]) -> str:
        return words[match[0].lower()]

    def mask(value: Value) -> Value:
        if isinstance(value, str):
            return found().sub(put, value)
        return tuple(found().sub(put, each) for each in value) if isinstance(value, tuple) else value

    return mask
