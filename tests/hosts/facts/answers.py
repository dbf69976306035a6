"""Answers of hosts for the tests: framed as the script frames them, or recorded."""

from __future__ import annotations

from pathlib import Path

from harness.hosts.facts.frames import Section, sections
from harness.hosts.facts.secrets import Secrets

NONCE = "0123456789abcdef0123456789abcdef"
KEY = b"k" * 32
_RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> str:
    """A recorded output."""
    return (_RECORDED / name).read_text("utf-8")


def part(label: str, text: str = "", status: str = "0") -> str:
    """One part of a section; without a status it was cut short."""
    ended = f"\n{NONCE} ? {status}\n" if status else ""
    return f"\n{NONCE} @ {label}\n{text}{ended}"


def framed(name: str, *parts: str, whole: bool = True, why: str = "") -> str:
    """One section."""
    said = f"\n{NONCE} = {name}\n" if whole else ""
    return f"\n{NONCE} {{ {name}\n" + "".join(parts) + said + f"\n{NONCE} }} {name} {why}\n"


def section(*parts: str, whole: bool = True, why: str = "") -> Section:
    """A section as the readers get it."""
    return sections(framed("it", *parts, whole=whole, why=why), NONCE)["it"]


def secrets() -> Secrets:
    """Secrets under the tests' key."""
    return Secrets(KEY)
