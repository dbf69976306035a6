"""Names, addresses and ids in any text become pseudonyms: raw, quoted for a URL, or packed in base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import quote, unquote

from reports.handover.share.names import DOMAIN, Names, is_public
from reports.handover.share.pseudonyms import Pseudonyms
from reports.handover.share.words import telling

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
SHAPES = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63})"
    r"|(?P<print>SHA256:[A-Za-z0-9+/]{43}=?|(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){15}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:]))"
    r"|(?P<mac>(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])"
    r"|(?<![0-9A-Fa-f-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f-]))"
    rf"|(?P<four>(?<![\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\d]|\.\d))(?P<length>/\d{{1,2}}(?!\d))?"
    rf"|(?P<dashed>(?<![\d-])(?:{_OCTET}-){{3}}{_OCTET}(?![\d-]))"
    r"|(?P<six>(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:.]))(?P<long>/\d{1,3}(?!\d))?"
    r"|(?P<uuid>[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})"
    r"|(?P<request>(?<![\w-])req-[0-9A-Za-z-]{3,60})"
    r"|(?P<ec2>(?<![\w-])(?:i|r|ami|aki|ari|vol|snap)-[0-9a-f]{8}(?![0-9A-Za-z]))"
    r"|(?P<hex>(?<![0-9A-Za-z])[0-9A-Fa-f]{16,}(?![0-9A-Za-z]))"
)
"""What is known by its shape alone."""
_WORD = re.compile(r"[^\s\"'<>\\]+")
_PACKED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}")
_CUT = re.compile(
    r"(?<![\w.@-])[\w.@-]{0,80}?(?P<id>[0-9a-f]{8}-[0-9a-f-]{0,27}|[0-9a-f]{6,31})(?=…)"
    r"|(?<![\w.@-])[\w.@-]{0,80}?(?P<address>\d{1,3}(?:\.\d{1,3}){1,3}\.?)(?=…)"
    r"|(?<![\w.@-])[\w.@-]{4,80}(?=…|\Z)"
)
"""The end of a text that was cut."""
_DEEPEST = 3


class Renamer:
    """Renames in texts; ``made`` has every original that was renamed so far, in lower case → its kind."""

    def __init__(self, names: Names, drawn: Pseudonyms) -> None:
        self._names, self._drawn = names, drawn
        self.made: dict[str, str] = {name.lower(): kind for name, kind in names.known.items()}
        self.images: set[str] = set()
        self._done: dict[str, str] = {}

    def text(self, said: str, depth: int = _DEEPEST) -> str:
        """The text with everything renamed that is known or has a shape that tells what it is."""
        found = self._done.get(said)
        if found is None:
            found = self._text(said, depth)
            self._done[said] = found
        return found

    def named(self, said: str) -> str:
        """Names alone: what looks like an address is a version here."""
        return self._known(said)

    def name(self, kind: str, original: str) -> str:
        """A name that is one because of where it stands, whatever it is."""
        if not original:
            return original
        if telling(original, self._names.public):
            self.made.setdefault(original.lower(), kind)
        return self._image(self._drawn.word(kind, original))

    def _text(self, said: str, depth: int) -> str:
        if said in self._names.nodes:
            return self.name("host", said)
        if not depth:
            return self._plain(said)
        if "%" not in said:
            return self._loose(said, depth)
        return _apart(
            _WORD, said, lambda part: self._quoted(part, depth), lambda part: self._loose(part, depth)
        )

    def _loose(self, said: str, depth: int) -> str:
        return _apart(_PACKED, said, lambda part: self._packed(part, depth), self._plain)

    def _plain(self, said: str) -> str:
        said = _CUT.sub(self._whole, said)
        said = self._known(self._ranges(said))
        return DOMAIN.sub(self._domain, SHAPES.sub(self._shape, said))

    def _whole(self, match: re.Match[str]) -> str:
        """What was cut in the middle of a name or an id tells its beginning: it goes."""
        said = match[0].lower()
        ends = (said[at:] for at in range(len(said) - 3) if not at or not said[at - 1].isalnum())
        begun = (
            end
            for end in ends
            if telling(end, self._names.public)
            and any(name.startswith(end) and name != end for name in self._lower)
        )
        cut = next(begun, "") or match["id"] or match["address"] or ""
        return match[0][: len(match[0]) - len(cut)]

    @cached_property
    def _lower(self) -> list[str]:
        return [name.lower() for name in self._names.known]

    def _quoted(self, said: str, depth: int) -> str:
        inner = unquote(said, errors="surrogateescape") if "%" in said else said
        told = self.text(inner, depth - 1)
        return said if told == inner else quote(told, safe="/:@?&=+,;#[]~", errors="surrogateescape")

    def _packed(self, said: str, depth: int) -> str:
        inner = unpacked(said)
        told = self.text(inner, depth - 1) if inner else inner
        if told == inner:
            return said
        again = base64.b64encode(told.encode()).decode()
        return again.replace("+", "-").replace("/", "_") if "-" in said or "_" in said else again

    def _ranges(self, said: str) -> str:
        """``acme-nova-[01:03], -05`` tells what its hosts begin with: each is named instead."""
        if "[" not in said and ", -" not in said:
            return said
        for pattern, nodes in self._families:
            said = pattern.sub(lambda match, nodes=nodes: self._listed(match[0], nodes), said)  # type: ignore[misc]
        return said

    @cached_property
    def _families(self) -> list[tuple[re.Pattern[str], list[str]]]:
        part = r"(?:\[\d{1,6}:\d{1,6}\]|\d{1,6})"
        return [
            (
                re.compile(
                    rf"{re.escape(stem)}(?:\[\d{{1,6}}:\d{{1,6}}\]|\d{{1,6}}(?=, -)){f'(?:, -{part})*'}"
                ),
                nodes,
            )
            for stem, nodes in self._names.stems.items()
        ]

    def _listed(self, said: str, nodes: list[str]) -> str:
        wanted: set[int] = set()
        for first, last, one in re.findall(r"\[(\d+):(\d+)\]|(\d+)(?=, -|$)", said):
            wanted |= set(range(int(first), min(int(last), int(first) + 5000) + 1)) if first else {int(one)}
        there = [node for node in nodes if int(node[len(node.rstrip("0123456789")) :]) in wanted]
        return ", ".join(self.name("host", node) for node in there) or "hosts"

    def _known(self, said: str) -> str:
        low = said.lower()
        for name, pattern, put in self._patterns:
            if name in low:
                said = pattern.sub(put, said)
                low = said.lower()
        return self._places.sub(self._place, said) if self._places else said

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]]]:
        """Longest first, so that no name is cut by another one; short ones stand for themselves alone. Hosts
        that differ in their number alone are one pattern: there may be thousands.
        """
        found, families = [], self._numbered
        for name, kind in self._names.known.items():
            if name not in families:
                body = re.escape(name)
                body = rf"{body}(?!\d)" if name[-1].isdigit() else body
                body = body if len(name) > 4 else rf"(?<![^\W_]){body}(?![^\W_])"
                told = self._image(self._told(kind, name))
                found.append((name.lower(), body, {name.lower(): told}))
        for stem in dict.fromkeys(families.values()):
            names = {
                name.lower(): self._image(self._told("host", name))
                for name in families
                if families[name] == stem
            }
            found.append((stem.lower(), re.escape(stem) + r"\d+", names))
        found.sort(key=lambda each: (-len(each[0]), each[0]))
        return [(name, re.compile(body, re.IGNORECASE), _put(told)) for name, body, told in found]

    @cached_property
    def _numbered(self) -> dict[str, str]:
        """Host → what it has in common with at least two others."""
        return {
            node: stem
            for stem, nodes in self._names.stems.items()
            if len(stem) > 3 and len(nodes) > 2
            for node in nodes
            if self._names.known.get(node) == "host"
        }

    def _told(self, kind: str, name: str) -> str:
        if kind == "domain" or (kind == "host" and "." in name):
            return self._drawn.domain(name) if kind == "domain" else self._full(name)
        word = self._drawn.word(kind, name)
        if kind == "run":
            stamp, site, digits = re.match(r"(\d{8}T\d{6})?-?(.*?)-?([0-9a-f]{4})?\Z", name).groups()  # type: ignore[union-attr]
            return f"{stamp or 'run'}-{self._drawn.word('site', site)}-{digits or '0000'}"
        if kind == "file":
            return f"{word}.yaml" if name.endswith((".yaml", ".yml")) else word
        return f"/{word}" if name.startswith("/") else word

    def _full(self, name: str) -> str:
        """A host with its domain: both as they are called by themselves."""
        host, _, domain = name.partition(".")
        return f"{self._drawn.word('host', host)}.{self._drawn.domain(domain)}"

    @cached_property
    def _places(self) -> re.Pattern[str] | None:
        """Where a host's name stands as one although it is a word of everybody's."""
        common = [name for name in self._names.nodes if name not in self._names.known]
        if not common:
            return None
        names = "|".join(re.escape(name) for name in sorted(common, key=len, reverse=True))
        return re.compile(rf"(?:(?<=\[)|(?<=\bnodes\.)|(?<=\bhosts\.)|(?<=\bssh ))(?:{names})(?=[\].\[ ]|$)")

    def _place(self, match: re.Match[str]) -> str:
        return self.name("host", match[0])

    def _domain(self, match: re.Match[str]) -> str:
        said = match[0]
        if is_public(said) or said.endswith(".invalid"):
            return said
        return self._note("domain", said, self._drawn.domain(said))

    def _shape(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        kind = {"length": "four", "long": "six"}.get(kind, kind)
        told = _SHAPED[kind](self, match)
        return match[0] if told is None else told

    def _note(self, kind: str, original: str, told: str) -> str:
        if original != told:
            self.made.setdefault(original.lower(), kind)
            self._image(told)
        return told

    def _image(self, told: str) -> str:
        self.images.add(told.lower())
        return told

    def _email(self, match: re.Match[str]) -> str | None:
        who, _, domain = match[0].rpartition("@")
        told = domain if domain.endswith(".invalid") else self._drawn.domain(domain)
        return self._note("e-mail address", match[0], f"{self._drawn.word('person', who)}@{told}")

    def _print(self, match: re.Match[str]) -> str | None:
        said = match[0]
        if said.startswith("SHA256:"):
            told = base64.b64encode(self._drawn.digest("print", said)).decode().rstrip("=")
            return self._note("key fingerprint", said, f"SHA256:{told}")
        return self._note("key fingerprint", said, self._drawn.hexadecimal(said))

    def _mac(self, match: re.Match[str]) -> str | None:
        return self._note("MAC address", match[0], self._drawn.mac(match[0]))

    def _four(self, match: re.Match[str]) -> str | None:
        said, length = match["four"], match["length"] or ""
        told = self._drawn.network(said, int(length[1:])) if length and int(length[1:]) <= 32 else ""
        return self._note("address", said, told or self._drawn.address(said)) + length

    def _dashed(self, match: re.Match[str]) -> str | None:
        said = match[0].replace("-", ".")
        return self._note("address", match[0], self._drawn.address(said).replace(".", "-"))

    def _six(self, match: re.Match[str]) -> str | None:
        said, length = match["six"], match["long"] or ""
        try:
            ip_address(said)
        except ValueError:
            return None
        told = self._drawn.network(said, int(length[1:])) if length and int(length[1:]) <= 128 else ""
        return self._note("address", said, told or self._drawn.address(said)) + length

    def _hex(self, match: re.Match[str]) -> str | None:
        return self._note("id", match[0], self._drawn.hexadecimal(match[0]))

    def _request(self, match: re.Match[str]) -> str | None:
        said = match[0]
        rest = self._drawn.hexadecimal(said[4:])
        plain = re.fullmatch(r"[0-9A-Fa-f-]+", said[4:])
        told = rest if plain else self._drawn.digest("request", said, 8).hex()
        return self._note("request id", said, f"req-{told}")

    def _ec2(self, match: re.Match[str]) -> str | None:
        head, _, rest = match[0].partition("-")
        return self._note("id", match[0], f"{head}-{self._drawn.hexadecimal(rest)}")


_SHAPED: dict[str, Callable[[Renamer, re.Match[str]], str | None]] = {
    "email": Renamer._email,
    "print": Renamer._print,
    "mac": Renamer._mac,
    "four": Renamer._four,
    "dashed": Renamer._dashed,
    "six": Renamer._six,
    "uuid": Renamer._hex,
    "hex": Renamer._hex,
    "request": Renamer._request,
    "ec2": Renamer._ec2,
}


def _put(told: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda match: told.get(match[0].lower(), match[0])


def _apart(
    pattern: re.Pattern[str], said: str, inside: Callable[[str], str], outside: Callable[[str], str]
) -> str:
    """What matches and is changed by ``inside`` is done with; all else goes through ``outside``, once."""
    told, at = [], 0
    for match in pattern.finditer(said):
        changed = inside(match[0])
        if changed != match[0]:
            told += [outside(said[at : match.start()]), changed]
            at = match.end()
    return "".join([*told, outside(said[at:])])


def unpacked(said: str) -> str:
    """What a run of base64 holds, where that is a text; empty where not."""
    plain = said.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        inner = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return inner if len(inner) >= 6 and all(each.isprintable() or each in "\n\t\r" for each in inner) else ""
