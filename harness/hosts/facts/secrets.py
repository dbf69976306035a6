"""What nobody may see of a host: replaced by an HMAC under the run's key, so that equal secrets look equal.

The key is made for a run and never stored: a seal proves that two hosts have the same secret in the same run,
and nothing afterwards.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

from harness.evidence.secret_names import NAMES, PATTERNS

_URLS = frozenset({"sql_connection"})
"""Names of whole URLs: only their password is a secret."""
_EXACT = NAMES - _URLS
_TELLING = re.compile(
    r"password|passwd|passphrase|secret|credential|swift_hash_path|cookie$"
    r"|(?:^|_)(?:pass|pwd|keys?|token)$",
    re.IGNORECASE,
)
_USERS = re.compile(r"user(?:64)?_", re.IGNORECASE)
_TEMPAUTH = re.compile(r"tempauth|swauth|devauth", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?P<scheme>(?<![\w+.-])[A-Za-z][\w+.-]*://)(?P<authority>[^\s\"'<>?#]*)")
_SECTION = re.compile(r"\s*\[([^\]]*)\]")
_OPTION = re.compile(r"(?P<head>\s*(?:--)?(?P<name>[\w.@-]+)\s*[=:]\s*)(?P<value>.*)", re.DOTALL)
_WORD = re.compile(r"(?P<head>(?<!\S)--?(?P<name>[A-Za-z][\w-]*)(?:=|[ \t]+))(?P<value>(?!-)\S+)")
_PLACED = re.compile(r"(?P<head>(?<![\w-])(?P<name>[A-Za-z][\w-]*)=)(?P<value>[\"']?[^\s\"'&;]+)")
_SHORT = re.compile(r"(?P<head>\s-p)(?P<value>[^\s-]\S*)")
_LOGIN = re.compile(r"(?P<head>\s(?:-u|--user)[= ]?[\w.-]+:)(?P<value>\S+)")
_CRYPT = re.compile(r"\$(?:1|2[abxy]?|5|6|7|y|gy)\$[\w./,=$]+")
_ACCOUNT = re.compile(r"(?P<head>[\w.$-]+:)(?P<value>[^:*!x][^:]+)(?=:\d*:)")
_WORDS = (
    "pass",
    "secret",
    "key",
    "token",
    "cookie",
    "pwd",
    "credential",
    "swift_hash",
    "@",
    "mysql",
    "author",
    "sig",
    "curl",
)
"""A line with none of these, no ``$`` and that is no account holds no secret: most lines do not."""
_LONG = tuple(each for each in PATTERNS if each[1].flags & re.DOTALL)
_SHORT_PATTERNS = tuple(each for each in PATTERNS if not each[1].flags & re.DOTALL)
SEALED = re.compile(r"hmac:[0-9a-f]{16}")


class Secrets:
    """Seals secrets under one key; give every host of a run the same."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = secrets.token_bytes(32) if key is None else key

    def seal(self, value: str) -> str:
        """``hmac:`` and 16 hexadecimal digits; nothing for nothing, and a seal stays what it is."""
        if not value or SEALED.fullmatch(value):
            return value
        digest = hmac.new(self._key, value.encode("utf-8", "surrogatepass"), sha256).hexdigest()
        return f"hmac:{digest[:16]}"

    def option(self, name: str, value: str, section: str = "") -> str:
        """The value of an option as it may be shown."""
        if _TEMPAUTH.search(section) and _USERS.match(name):
            key, blank, groups = value.partition(" ")
            return f"{self.seal(key)}{blank}{groups}"
        return self.seal(value) if is_secret(name) else self.cut(value)

    def url(self, text: str) -> str:
        """The text with the passwords of its URLs sealed."""
        if "://" not in text or "@" not in text:
            return text
        return _AUTHORITY.sub(lambda found: found["scheme"] + self._authority(found["authority"]), text)

    def cut(self, text: str) -> str:
        """The text, of one line or many, without its secrets: by key and by user part of URLs."""
        section = ""
        hidden = False
        done: list[str] = []
        for line in text.split("\n"):
            if hidden and line[:1] in (" ", "\t") and line.strip():
                done.append(f"  {self.seal(line.strip())}")
                continue
            hidden = False
            if line[:1] == "[":
                header = _SECTION.match(line)
                section = header[1] if header else section
            if _may_tell(line) or _TEMPAUTH.search(section):
                option = _OPTION.match(line)
                hidden = option is not None and is_secret(option["name"])
                line = self._cut_line(line, option, section)
            done.append(line)
        return self._patterns("\n".join(done), _LONG)

    def _cut_line(self, line: str, option: re.Match[str] | None, section: str) -> str:
        if option:
            name, value = option["name"], option["value"]
            if is_secret(name) or (_TEMPAUTH.search(section) and _USERS.match(name)):
                return option["head"] + self.option(name, unquoted(value.strip()), section)
        line = self.url(line)
        for pattern in (_WORD, _PLACED):
            line = pattern.sub(self._word, line)
        line = _LOGIN.sub(self._sealed, line)
        begin = line.find("mysql")
        if begin >= 0:
            line = line[:begin] + _SHORT.sub(self._sealed, line[begin:])
        line = _ACCOUNT.sub(self._sealed, line, 1) if _ACCOUNT.match(line) else line
        line = _CRYPT.sub(lambda found: self.seal(found[0]), line)
        return self._patterns(line, _SHORT_PATTERNS)

    def _sealed(self, found: re.Match[str]) -> str:
        return found["head"] + self.seal(found["value"])

    def _word(self, found: re.Match[str]) -> str:
        if not is_secret(found["name"]):
            return found[0]
        return self._sealed(found)

    def _patterns(self, text: str, patterns: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]) -> str:
        lowered = text.lower()
        for words, pattern in patterns:
            if any(word in lowered for word in words):
                text = pattern.sub(self._group, text)
        return text

    def _group(self, found: re.Match[str]) -> str:
        begin, end = found.start("secret") - found.start(), found.end("secret") - found.start()
        if ":hmac:" in found[0] or SEALED.search(found["secret"]):
            return found[0]
        return found[0][:begin] + self.seal(found["secret"]) + found[0][end:]

    def _authority(self, text: str) -> str:
        """``user:password@host``, one or, as brokers have them, several after commas; the path stays."""
        end = text.find("/") if "/" in text else len(text)
        if "@" in text[end:] and "@" not in text[:end]:
            password = text[:end].partition(":")[2]
            if not password or password.isdecimal():
                return text
            end = text.find("/", text.rfind("@"))  # a slash in the password
            end = len(text) if end < 0 else end
        pieces = text[:end].split(",")
        if not all("@" in piece for piece in pieces):
            pieces = [text[:end]]
        return ",".join(map(self._place, pieces)) + text[end:]

    def _place(self, text: str) -> str:
        credentials, at, host = text.rpartition("@")
        if not at:
            return text
        user, colon, password = credentials.partition(":")
        return f"{user}{colon}{self.seal(password)}{at}{host}"


def _may_tell(line: str) -> bool:
    lowered = line.lower()
    if any(word in lowered for word in _WORDS) or "$" in line:
        return True
    return line.count(":") > 2 and _ACCOUNT.match(line) is not None


def unquoted(value: str) -> str:
    """The value without the quotes around it."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def is_secret(name: str) -> bool:
    """Whether an option of this name holds a secret."""
    name = name.strip().lstrip("-").lower().replace("-", "_")
    if name in _URLS or name.endswith(("_file", "_path", "_dir")):
        return False
    return name in _EXACT or _TELLING.search(name) is not None
