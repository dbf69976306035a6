"""What the machine is: its system, clock, processors, memory and disks."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from harness.hosts.facts.frames import Part, Section
from harness.hosts.facts.model import ClockReading, Cpu, Disk, Memory, System, Unknown
from harness.hosts.facts.secrets import unquoted

_NO_DISK = re.compile(r"(?:loop|ram|zram|sr|fd|dm-|nbd|mtdblock)\d*\Z")
_PARTITION = re.compile(r"(?:[hsv]d[a-z]+\d+|xvd[a-z]+\d+|(?:nvme\d+n\d+|mmcblk\d+|md\d+)p\d+)\Z")
_CODE_NAMED = re.compile(r"(?P<name>Ubuntu) [a-z]+ \((?P<number>[\d.]+[^()]*)\)")
_RELEASE = re.compile(r"(?P<name>.*?) release (?P<version>[\d.]+)")


def read_system(section: Section) -> System | Unknown:
    """Names, release and kernel; needs ``uname``."""
    uname = section.part("uname")
    words = uname.lines[0].split() if uname and uname.lines else []
    if len(words) < 4:
        return section.unknown("uname")
    release = _release(section)
    fqdn = section.part("fqdn")
    return System(
        hostname=words[1],
        fqdn=fqdn.lines[0].strip() if fqdn and fqdn.ok and fqdn.lines else "",
        id=release.get("ID", ""),
        version=release.get("VERSION_ID", ""),
        pretty=release.get("PRETTY_NAME", ""),
        kernel=words[2],
        machine=words[3],
        uptime=_uptime(section.part("/proc/uptime")),
    )


def _release(section: Section) -> dict[str, str]:
    """What the release files say, in the words of ``os-release``."""
    part = section.part("/etc/os-release")
    if part:
        return _by_number(_assigned(part))
    part = section.part("/etc/lsb-release")
    if part and (told := _assigned(part)):
        return {
            "ID": told.get("DISTRIB_ID", "").lower(),
            "VERSION_ID": told.get("DISTRIB_RELEASE", ""),
            "PRETTY_NAME": told.get("DISTRIB_DESCRIPTION", ""),
        }
    part = section.part("/etc/redhat-release")
    if part and part.lines and (found := _RELEASE.match(part.lines[0])):
        name = found["name"].split()[0].lower() if found["name"] else ""
        return {"ID": name, "VERSION_ID": found["version"], "PRETTY_NAME": part.lines[0].strip()}
    part = section.part("/etc/debian_version")
    if part and part.lines:
        version = part.lines[0].strip()
        return {"ID": "debian", "VERSION_ID": version, "PRETTY_NAME": f"Debian {version}"}
    return {}


def _by_number(told: dict[str, str]) -> dict[str, str]:
    """Ubuntu 12.04 says ``Ubuntu precise (12.04.5 LTS)`` here, ``Ubuntu 12.04.5 LTS`` everywhere else."""
    found = _CODE_NAMED.fullmatch(told.get("PRETTY_NAME", ""))
    return told | {"PRETTY_NAME": f"{found['name']} {found['number']}"} if found else told


def _assigned(part: Part) -> dict[str, str]:
    pairs = (line.partition("=") for line in part.lines if "=" in line)
    return {name.strip(): unquoted(value.strip()) for name, _, value in pairs}


def _uptime(part: Part | None) -> float | None:
    words = part.lines[0].split() if part and part.lines else []
    return _number(words[0]) if words else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,15}(?:\.\d{1,9})?", text) else None


def read_clock(begin: Section, end: Section | None, sent: float, received: float) -> ClockReading | Unknown:
    """The clock, told at the begin and at the end of the answer.

    It was read after the question was sent, and as long before the answer was there as passed on the host
    until it was read again. Between the two it can have been at any time, hence the error.
    """
    told = _moment(begin.part("begin"))
    if told is None:
        return begin.unknown("begin")
    moment, resolution = told
    latest = max(sent, received - (_passed(begin, end) if end else 0.0))
    return ClockReading(
        offset=round(moment + resolution / 2 - (sent + latest) / 2, 6),
        error=round((latest - sent) / 2 + resolution / 2, 6),
    )


def _moment(part: Part | None) -> tuple[float, float] | None:
    """Seconds since the epoch, and how finely they are told: where nanoseconds are not, a whole second."""
    words = part.lines[0].split() if part and part.ok and part.lines else []
    if len(words) > 1 and re.fullmatch(r"-?\d{1,11}", words[1]):
        seconds = float(words[1])
    elif words and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", words[0]):
        seconds = datetime.fromisoformat(words[0]).replace(tzinfo=UTC).timestamp()
    else:
        return None
    fine = len(words) > 2 and re.fullmatch(r"\d{9}", words[2])
    return (seconds + int(words[2]) / 1e9, 1e-6) if fine else (seconds, 1.0)


def _passed(begin: Section, end: Section) -> float:
    """Seconds between the two readings, never too many: by uptime, which nobody sets, told in hundredths."""
    first, last = _uptime(begin.part("/proc/uptime")), _uptime(end.part("/proc/uptime"))
    if first is None or last is None:
        return 0.0
    return max(0.0, last - first - 0.02)


def read_cpu(section: Section) -> Cpu | Unknown:
    """Processors, from what the kernel says of them."""
    part = section.part("cpuinfo", "/proc/cpuinfo")
    if part is None or not part.ok:
        return section.unknown("cpuinfo", "/proc/cpuinfo")
    pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in part.lines)]
    told: dict[str, str] = {}
    for name, value in pairs:
        told.setdefault(name, value)
    count = told.get("count") or str(sum(name.startswith("processor") for name, _ in pairs))
    if not re.fullmatch(r"[1-9]\d{0,5}", count):
        return section.unknown("cpuinfo")
    model = next(
        (told[name] for name in ("model name", "Processor", "cpu", "cpu model") if told.get(name)), ""
    )
    flags = next((told[name] for name in ("flags", "Features", "features") if name in told), "")
    return Cpu(count=int(count), model=" ".join(model.split()), flags=tuple(flags.split()))


def read_memory(section: Section) -> Memory | Unknown:
    """Memory in MB; before Linux 3.14 what is free is added up from its parts."""
    part = section.part("/proc/meminfo")
    if part is None:
        return section.unknown("/proc/meminfo")
    told = dict(re.findall(r"^(\w+):\s+(\d{1,15}) kB", "\n".join(part.lines), re.MULTILINE))
    if "MemTotal" not in told or "MemFree" not in told:
        return section.unknown("/proc/meminfo")
    kilobytes = {name: int(value) for name, value in told.items()}
    parts = sum(kilobytes.get(name, 0) for name in ("MemFree", "Buffers", "Cached"))
    return Memory(
        total=kilobytes["MemTotal"] // 1024,
        free=kilobytes.get("MemAvailable", parts) // 1024,
        swap=kilobytes.get("SwapTotal", 0) // 1024,
    )


def read_disks(section: Section) -> dict[str, Disk] | Unknown:
    """Block devices that are no partition, no image, no memory and no logical volume."""
    part = section.part("sizes", "/proc/partitions")
    if part is None:
        return section.unknown("sizes", "/proc/partitions")
    if part.label == "sizes":
        found = re.findall(r"^/sys/block/([^/\s]+)/size:(\d{1,18})$", "\n".join(part.lines), re.MULTILINE)
        sizes = {name.replace("!", "/"): int(blocks) / 2**21 for name, blocks in found}
    else:
        found = re.findall(r"^\s*\d+\s+\d+\s+(\d{1,18})\s+(\S+)$", "\n".join(part.lines), re.MULTILINE)
        sizes = {name: int(blocks) / 2**20 for blocks, name in found if not _PARTITION.match(name)}
    return {
        name: Disk(size_gb=round(size, 2))
        for name, size in sizes.items()
        if size and not _NO_DISK.match(name)
    }
