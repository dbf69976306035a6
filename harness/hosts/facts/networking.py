"""How the host is wired: interfaces, resolvers, rules of iptables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from harness.hosts.facts.frames import Section
from harness.hosts.facts.model import Interface, Unknown

_LINK = re.compile(r"\d+: (?P<name>[^\s:@]+)(?:@(?P<parent>[^\s:]+))?: <(?P<flags>[^>]*)>(?P<rest>.*)")
_ADDRESS = re.compile(r"\s+inet6? (?P<address>[0-9A-Fa-f.:]+(?:/\d{1,3})?)")
_MAC = re.compile(r"\s+link/\S+ (?P<mac>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})\b")
_OLD_ADDRESS = re.compile(
    r"inet6? (?:addr:\s*)?(?P<address>[0-9A-Fa-f.:]+)(?P<bits>/\d+)?"
    r"(?:.*?(?:Mask:|netmask |prefixlen )(?P<mask>[0-9A-Fa-fx.]+))?"
)
_OLD_MAC = re.compile(r"(?:HWaddr|ether) (?P<mac>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})\b")
_NAMED_VLAN = re.compile(r"(?:.+\.|vlan)(?P<id>\d{1,4})\Z")


def read_interfaces(section: Section) -> dict[str, Interface] | Unknown:
    """By name, from ``ip`` or ``ifconfig``; bridges, their ports and devices from ``/sys``."""
    part = section.part("ip", "ifconfig")
    if part is None or not part.ok:
        return section.unknown("ip", "ifconfig")
    found = _ip(part.lines) if part.label == "ip" else _ifconfig(part.lines)
    _sys(found, section)
    _vlans(found, section)
    if not found:
        return section.unknown(part.label)
    for told in found.values():
        told.pop("parent", None)
        told["addresses"] = tuple(told.get("addresses", ()))
    return {name: Interface(**told) for name, told in found.items()}


def _ip(lines: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    told: dict[str, Any] = {}
    for line in lines:
        if match := _LINK.match(line):
            told = found.setdefault(match["name"], {"addresses": []})
            told["up"] = "UP" in match["flags"].split(",")
            told["parent"] = match["parent"] or ""
            if mtu := re.search(r"\bmtu (\d{1,9})", match["rest"]):
                told["mtu"] = int(mtu[1])
            if bridge := re.search(r"\bmaster (\S+)", match["rest"]):
                told["bridge"] = bridge[1]
        elif match := _MAC.match(line):
            told["mac"] = match["mac"].lower()
        elif match := _ADDRESS.match(line):
            address = match["address"]
            full = address if "/" in address else f"{address}/{128 if ':' in address else 32}"
            told.setdefault("addresses", []).append(full.lower())
    return found


def _ifconfig(lines: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    told: dict[str, Any] = {}
    for line in lines:
        if line[:1].strip():
            name, _, flags = line.partition(" ")
            told = found.setdefault(name.rstrip(":").partition(":")[0], {"addresses": [], "up": False})
            if match := re.search(r"<([^>]*)>", flags):
                told["up"] = "UP" in match[1].split(",")
        if match := _OLD_MAC.search(line):
            told["mac"] = match["mac"].lower()
        if re.match(r"\s+UP\b", line):
            told["up"] = True
        if match := re.search(r"\b(?:MTU:|mtu )(\d{1,9})", line):
            told["mtu"] = int(match[1])
        if match := _OLD_ADDRESS.search(line):
            bits = match["bits"] or f"/{_bits(match['mask'] or '')}"
            told.setdefault("addresses", []).append(f"{match['address'].lower()}{bits}")
    return found


def _bits(mask: str) -> int:
    """Prefix length of ``255.255.255.0``, or the length itself."""
    if mask.isdecimal() and len(mask) < 4:
        return int(mask)
    return sum(int(piece).bit_count() for piece in mask.split(".") if piece.isdecimal() and len(piece) < 4)


def _sys(found: dict[str, dict[str, Any]], section: Section) -> None:
    part = section.part("sys")
    for line in part.lines if part else ():
        kind, *names = line.split()
        if not names or names[-1] not in found:
            continue
        if kind == "physical":
            found[names[0]]["physical"] = True
        elif kind == "bridge":
            found[names[0]]["is_bridge"] = True
        elif kind == "port" and len(names) == 2:
            found[names[1]]["bridge"] = names[0]


def _vlans(found: dict[str, dict[str, Any]], section: Section) -> None:
    """From the kernel's table; where this user may not read it, from the name of what has a parent."""
    part = section.part("/proc/net/vlan/config")
    if part is not None and part.ok:
        for line in part.lines:
            words = [word.strip() for word in line.split("|")]
            if len(words) == 3 and words[0] in found and re.fullmatch(r"\d{1,4}", words[1]):
                found[words[0]]["vlan"] = int(words[1])
        return
    for name, told in found.items():
        match = _NAMED_VLAN.match(name)
        if match and told.get("parent"):
            told["vlan"] = int(match["id"])


def read_resolvers(section: Section) -> tuple[str, ...] | Unknown:
    """Name servers in order."""
    part = section.part("/etc/resolv.conf")
    if part is None:
        return section.unknown("/etc/resolv.conf")
    rows = (line.split() for line in part.lines)
    return tuple(row[1] for row in rows if len(row) > 1 and row[0] == "nameserver")


def read_rules(section: Section) -> dict[str, tuple[str, ...]] | Unknown:
    """``nat/nova-network-snat`` → its rules in order; a chain without rules is there, too."""
    part = section.part("iptables-save")
    if part is None or not part.ok or part.denied:
        return section.unknown("iptables-save")
    found: dict[str, list[str]] = {}
    table = ""
    for line in part.lines:
        if line.startswith("*"):
            table = line[1:].strip()
        elif line.startswith(":"):
            found.setdefault(f"{table}/{line[1:].partition(' ')[0]}", [])
        elif match := re.match(r"(?:\[\d+:\d+\] )?-A (\S+) ?(.*)", line):
            found.setdefault(f"{table}/{match[1]}", []).append(match[2].strip())
    return {chain: tuple(rules) for chain, rules in found.items()}
