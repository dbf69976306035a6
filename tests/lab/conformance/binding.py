"""From recorded identifiers and names to those of the cloud under replay.

Identifiers are bound where they first occur: the same JSON place (or header) of the recorded and the live
answer. Names and sizes are changed by the seed before they are sent.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any

from tests.lab.conformance.recording import Answer, Exchange
from tests.lab.conformance.shapes import IDENTIFIER
from tests.lab.conformance.tables import KEPT_NAMES

_BINDABLE = re.compile(IDENTIFIER.pattern + r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_NAME_KEYS = frozenset(
    {"name", "username", "tenantName", "display_name", "displayName", "key_name", "description"}
)
_NUMBERED = {
    "volumes": "volume", "os-volumes": "volume", "os-volume_attachments": "volume", "volume": "volume",
    "volumeId": "volume", "volume_id": "volume", "snapshots": "snapshot", "os-snapshots": "snapshot",
    "snapshot": "snapshot", "snapshot_id": "snapshot", "snapshotId": "snapshot",
    "os-security-groups": "group", "security_group": "group", "security_groups": "group",
    "parent_group_id": "group", "group_id": "group", "os-security-group-rules": "rule", "rules": "rule",
    "security_group_rule": "rule", "os-floating-ips": "floating", "floating_ip": "floating",
    "floating_ips": "floating", "types": "type", "os-volume-types": "type", "volume_type": "type",
    "volume_types": "type", "os-aggregates": "aggregate", "aggregate": "aggregate", "aggregates": "aggregate",
}  # fmt: skip
"""Path segment, wrapper or reference key → kind of thing that Essex numbers."""


@dataclass
class Binder:
    """What is known of the live cloud; ``known`` and ``names`` start with what the stage was set up with."""

    random: random.Random
    known: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    contents: dict[bytes, bytes] = field(default_factory=dict)
    _expression: re.Pattern[str] | None = None

    def bind(self, recorded: str, live: str) -> None:
        """Remember what a recorded identifier is called here; the first binding stays."""
        if recorded not in self.known:
            self.known[recorded] = live
            self._expression = None

    def request(self, exchange: Exchange) -> tuple[str, dict[str, str], bytes | None]:
        """Path, headers and body to send for a recorded exchange."""
        body = self._body(exchange)
        headers = {name: self._header(name, value) for name, value in exchange.headers}
        for name in [name for name in headers if name.lower() == "content-length" and body]:
            headers[name] = str(len(body or b""))
        return self._path(exchange.path), headers, body

    def learn(self, recorded: Answer, live: Answer) -> None:
        """Bind what two answers to the same request show at the same places."""
        for name in ("location",):
            self._strings(recorded.header(name), live.header(name))
        self._learn(recorded.json(), live.json(), "")

    def text(self, text: str) -> str:
        """The text with every known identifier replaced."""
        if self._expression is None:
            keys = "|".join(re.escape(key) for key in sorted(self.known, key=len, reverse=True))
            self._expression = re.compile(rf"(?<![0-9A-Za-z.-])(?:{keys or '(?!)'})(?![0-9A-Za-z-])")
        return self._expression.sub(lambda match: self.known[match[0]], text)

    def name(self, name: str) -> str:
        """The seeded name for a recorded one."""
        if name in KEPT_NAMES or len(name) > 60:
            return name
        if name not in self.names:
            self.names[name] = f"{name}-{self.random.randrange(16**4):04x}"
        return self.names[name]

    def _header(self, name: str, value: str) -> str:
        return self.name(value) if name.lower() == "x-image-meta-name" else self.text(value)

    def _path(self, path: str) -> str:
        head, mark, query = self.text(path).partition("?")
        parts = head.split("/")
        for at in range(1, len(parts)):
            kind = _NUMBERED.get(parts[at - 1])
            parts[at] = self.numbers.get((kind or "", parts[at]), parts[at])
            if parts[at - 1] in ("os-keypairs",):
                parts[at] = self.names.get(parts[at], parts[at])
        pairs = [self._pair(pair) for pair in query.split("&")]
        return "/".join(parts) + mark + "&".join(pairs)

    def _pair(self, pair: str) -> str:
        key, mark, value = pair.partition("=")
        return key + mark + (self.names.get(value, value) if key == "name" else value)

    def _body(self, exchange: Exchange) -> bytes | None:
        if not exchange.body:
            return exchange.body
        kind = dict(exchange.headers).get("Content-Type", "")
        if "octet-stream" in kind:
            return self._content(exchange.body)
        text = self.text(exchange.body.decode("utf-8", "surrogateescape"))
        try:
            text = json.dumps(self._value(json.loads(text), ""))
        except ValueError:
            text = re.sub(
                r'\b(username|tenantName|name)="([^"]+)"', lambda m: f'{m[1]}="{self.name(m[2])}"', text
            )
        return text.encode("utf-8", "surrogateescape")

    def _content(self, body: bytes) -> bytes:
        if body not in self.contents:
            self.contents[body] = self.random.randbytes(self.random.randrange(16, 4096))
        return self.contents[body]

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: self._value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, key) for item in value]
        if isinstance(value, str) and key in _NAME_KEYS:
            return self.name(value)
        if key == "size" and type(value) is int and 1 <= value <= 20:
            return self.sizes.setdefault(value, value + self.random.randrange(3))
        found = self.numbers.get((_NUMBERED.get(key, ""), str(value)))
        return type(value)(found) if found is not None else value

    def _learn(self, recorded: Any, live: Any, key: str) -> None:
        if isinstance(recorded, dict) and isinstance(live, dict):
            kind = _NUMBERED.get(key)
            if kind and str(recorded.get("id", "")).isdigit() and "id" in live:
                self.numbers.setdefault((kind, str(recorded["id"])), str(live["id"]))
            for name in recorded.keys() & live.keys():
                self._learn(recorded[name], live[name], name)
        elif isinstance(recorded, list) and isinstance(live, list):
            for left, right in self._pairs(recorded, live):
                self._learn(left, right, key)
        elif isinstance(recorded, str) and isinstance(live, str):
            self._strings(recorded, live)

    def _pairs(self, recorded: list[Any], live: list[Any]) -> list[tuple[Any, Any]]:
        """Items of two lists that are the same thing: by identifier, then by name, then by position."""
        left, right, pairs = list(recorded), list(live), []
        for key, translate in (("id", self.known), ("name", self.names), ("display_name", self.names)):
            index = {item[key]: item for item in right if isinstance(item, dict) and item.get(key)}
            for item in [item for item in left if isinstance(item, dict)]:
                value = item.get(key)
                found = index.get(translate.get(value, value)) if isinstance(value, str) else None
                if found is not None and found in right:
                    pairs.append((item, found))
                    left.remove(item)
                    right.remove(found)
        return pairs + list(zip(left, right, strict=False))

    def _strings(self, recorded: str, live: str) -> None:
        left, right = _BINDABLE.findall(recorded), _BINDABLE.findall(live)
        if len(left) == len(right):
            for old, new in zip(left, right, strict=True):
                self.bind(old, new)
