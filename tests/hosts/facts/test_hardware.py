from __future__ import annotations

import pytest

from harness.hosts.facts.hardware import read_clock, read_cpu, read_disks, read_memory, read_system
from harness.hosts.facts.model import ClockReading, Cpu, Disk, Memory, System, Unknown
from tests.hosts.facts.answers import part, recorded, section

UNAME = part("uname", "Linux controller 3.2.0-23-generic x86_64\n")


def test_system_of_ubuntu() -> None:
    release = (
        'NAME="Ubuntu"\nVERSION="12.04.5 LTS, Precise Pangolin"\nID=ubuntu\n'
        'VERSION_ID="12.04"\nPRETTY_NAME="Ubuntu precise (12.04.5 LTS)"\n'
    )
    found = read_system(
        section(
            UNAME,
            part("/etc/os-release", release),
            part("/proc/uptime", "350735.47 234388.90\n"),
            part("fqdn", "controller.example.net\n"),
        )
    )
    assert found == System(
        hostname="controller",
        fqdn="controller.example.net",
        id="ubuntu",
        version="12.04",
        pretty="Ubuntu 12.04.5 LTS",
        kernel="3.2.0-23-generic",
        machine="x86_64",
        uptime=350735.47,
    )


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("/etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\n", ("ubuntu", "10.04")),
        ("/etc/redhat-release", "CentOS release 6.3 (Final)\n", ("centos", "6.3")),
        ("/etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n", ("centos", "7.9.2009")),
        ("/etc/debian_version", "6.0.7\n", ("debian", "6.0.7")),
    ],
)
def test_releases_of_before(file: str, text: str, told: tuple[str, str]) -> None:
    found = read_system(section(UNAME, part(file, text)))
    assert isinstance(found, System)
    assert (found.id, found.version) == told
    assert found.uptime is None


def test_without_uname_the_system_is_unknown() -> None:
    assert isinstance(read_system(section(part("uname", "Linux\n"))), Unknown)


def clock(
    begin: str, end: str = "", uptimes: tuple[str, str] = ("", ""), received: float = 1010.0
) -> ClockReading:
    first = section(part("begin", begin), part("/proc/uptime", uptimes[0]))
    last = section(part("end", end), part("/proc/uptime", uptimes[1])) if uptimes[1] else None
    found = read_clock(first, last, 1000.0, received)
    assert isinstance(found, ClockReading)
    return found


def test_a_long_answer_does_not_blur_the_clock() -> None:
    found = clock("1970-01-01T00:16:45 1005 100000000\n", "x\n", ("100.00 1\n", "109.92 1\n"))
    assert found.offset == pytest.approx(1005.1 - 1000.05, abs=1e-5)
    assert found.error == pytest.approx(0.05, abs=1e-5)


def test_without_the_end_of_an_answer_the_error_is_all_of_it() -> None:
    found = clock("1970-01-01T00:16:45 1005 100000000\n", uptimes=("100.00 1\n", ""))
    assert (found.offset, found.error) == (pytest.approx(0.1, abs=1e-5), pytest.approx(5, abs=1e-5))


@pytest.mark.parametrize("fine", ["%N", "N", ""])
def test_whole_seconds_are_half_a_second_off_at_most(fine: str) -> None:
    found = clock(f"1970-01-01T00:16:40 1000 {fine}\n", received=1000.0)
    assert found == ClockReading(offset=0.5, error=0.5)


def test_a_date_without_seconds_since_the_epoch() -> None:
    assert clock("1970-01-01T00:16:40 %s %N\n", received=1000.0).offset == 0.5


def test_an_uptime_that_jumps_makes_no_negative_error() -> None:
    assert clock("x 1005 000000000\n", "x\n", ("1.0 1\n", "99999.0 1\n")).error < 0.001


@pytest.mark.parametrize("begin", ["", "noise\n", "x 99999999999999999999 1\n", "date: command not found\n"])
def test_a_clock_that_says_nothing_is_unknown(begin: str) -> None:
    assert isinstance(read_clock(section(part("begin", begin)), None, 1.0, 2.0), Unknown)


def test_processors() -> None:
    text = (
        "vendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R)   CPU E5645\n"
        "flags\t\t: fpu vmx ept\ncount: 24\n"
    )
    assert read_cpu(section(part("cpuinfo", text))) == Cpu(
        count=24, model="Intel(R) Xeon(R) CPU E5645", flags=("fpu", "vmx", "ept")
    )


def test_processors_of_power_as_the_kernel_has_them() -> None:
    assert read_cpu(section(part("/proc/cpuinfo", recorded("cpuinfo-ppc64.txt")))) == Cpu(
        count=2, model="PPC970FX, altivec supported"
    )


@pytest.mark.parametrize("text", ["", "count: 0\n", "count: many\n", "count: 99999999999\n"])
def test_no_number_of_processors_is_unknown(text: str) -> None:
    assert isinstance(read_cpu(section(part("cpuinfo", text))), Unknown)


def test_memory_before_linux_told_what_is_available() -> None:
    text = (
        "MemTotal:        8061232 kB\nMemFree:         1048576 kB\n"
        "Buffers:          102400 kB\nCached:          1024000 kB\n"
        "SwapTotal:       2097148 kB\n"
    )
    assert read_memory(section(part("/proc/meminfo", text))) == Memory(total=7872, free=2124, swap=2047)
    text += "MemAvailable:    4194304 kB\n"
    assert read_memory(section(part("/proc/meminfo", text))) == Memory(total=7872, free=4096, swap=2047)


def test_memory_that_is_no_number_is_unknown() -> None:
    assert isinstance(read_memory(section(part("/proc/meminfo", "MemTotal: -1 kB\nMemFree: x\n"))), Unknown)


def test_disks_are_no_partitions_images_or_volumes() -> None:
    names = {
        "sda": 2**21 * 500,
        "dm-0": 2048,
        "loop0": 2048,
        "sr0": 2048,
        "nvme0n1": 2**21,
        "md0": 2**20,
        "nbd0": 0,
    }
    text = "".join(f"/sys/block/{name}/size:{size}\n" for name, size in names.items())
    found = read_disks(section(part("sizes", text + "/sys/block/cciss!c0d0/size:4194304\n")))
    assert found == {
        "sda": Disk(size_gb=500.0),
        "nvme0n1": Disk(size_gb=1.0),
        "md0": Disk(size_gb=0.5),
        "cciss/c0d0": Disk(size_gb=2.0),
    }


def test_disks_without_sysfs() -> None:
    text = (
        "major minor  #blocks  name\n\n   8        0  488386584 sda\n"
        "   8        1     248832 sda1\n 254        0    1048576 vda\n"
        "   7        0       1024 loop0\n"
    )
    found = read_disks(section(part("/proc/partitions", text)))
    assert found == {"sda": Disk(size_gb=465.76), "vda": Disk(size_gb=1.0)}
