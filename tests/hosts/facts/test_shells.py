"""Whole answers, recorded from real systems (see ``recorded/README.md``)."""

from __future__ import annotations

import pytest

from harness.hosts.facts.model import Config, Database, Facts, File, Listener, Service, Unknown
from harness.hosts.facts.questions import SECTIONS, Questions
from harness.hosts.facts.reading import raw, read_facts
from tests.hosts.facts.answers import NONCE, recorded, secrets

ASKED = Questions(
    files=("/etc/passwd", "/etc/shadow", "/etc/nope", "/etc", "/bin", "/root/secret", "/dev/null"),
    configs=("/etc/nova/nova.conf", "/etc/swift/swift.conf", "/etc/nova/flags.conf", "/etc/shadow"),
    sysctl=("net.ipv4.ip_forward", "kernel.ostype", "kernel.nope"),
)
NAMES = ("machine-dash", "machine-bash", "busybox-ash", "debian-systemd-dash", "debian-user-bash")


def facts(name: str) -> Facts:
    return read_facts(
        "x", recorded(f"shells/{name}.txt"), ASKED, NONCE, secrets(), 1795289544.0, 1795289546.0
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_section_was_answered(name: str) -> None:
    found = facts(name)
    for section in SECTIONS:
        part = getattr(found, section)
        assert not isinstance(part, Unknown) or "ended before" not in part.unknown, section
    told = ("system", "clock", "cpu", "memory", "disks", "processes", "users", "files", "sysctl", "resolvers")
    assert not [name for name in told if isinstance(getattr(found, name), Unknown)]
    assert found.cpu.count == 2  # type: ignore[union-attr]
    assert found.sysctl == {"net.ipv4.ip_forward": "0", "kernel.ostype": "Linux"}


def test_two_shells_tell_the_same() -> None:
    dash, bash = facts("machine-dash"), facts("machine-bash")
    for section in set(SECTIONS) - {"clock", "memory", "processes", "space", "system"}:
        assert getattr(dash, section) == getattr(bash, section), section


def test_systemd_of_debian() -> None:
    found = facts("debian-systemd-dash")
    assert isinstance(found.services, dict)
    assert found.services["ssh"] == Service(manager="systemd", running=True, enabled=True)
    assert found.services["anacron"].manager == "systemd"
    assert "cron" not in found.services or found.services["cron"].running is not True
    assert isinstance(found.listeners, tuple)
    assert Listener(protocol="tcp", address="0.0.0.0", port=22, process="sshd") in found.listeners
    assert isinstance(found.packages, dict)
    assert found.packages["bash"] == "5.2.15-2+b13"
    version = "10.11.18-MariaDB-0+deb12u1"
    assert found.database == Database(kind="mysql", version=version, answers=True)
    assert found.broker == Unknown(unknown="it took too long and was ended")
    assert found.volume_groups == {}
    assert found.targets == ()
    assert found.system.pretty == "Debian GNU/Linux 12 (bookworm)"  # type: ignore[union-attr]


def test_files_and_options_of_debian() -> None:
    found = facts("debian-systemd-dash")
    assert isinstance(found.files, dict)
    assert found.files["/etc/shadow"].mode == "0640"  # type: ignore[union-attr]
    assert found.files["/etc/nope"] == File(kind="absent")
    assert found.files["/bin"].kind == "link"  # type: ignore[union-attr]
    assert found.files["/dev/null"].kind == "other"  # type: ignore[union-attr]
    assert isinstance(found.configs, dict)
    nova = found.configs["/etc/nova/nova.conf"]
    assert isinstance(nova, Config)
    assert nova.options["DEFAULT"]["enabled_apis"] == ("ec2,osapi_compute, metadata",)
    sealed = secrets().seal("s3cr3t")
    assert nova.options["DEFAULT"]["sql_connection"] == (f"mysql://nova:{sealed}@controller/nova",)
    flags = found.configs["/etc/nova/flags.conf"]
    assert isinstance(flags, Config)
    assert (flags.form, flags.options["DEFAULT"]["debug"]) == ("flags", ("false",))


def test_an_ordinary_user_is_told_what_another_could_see() -> None:
    found = facts("debian-user-bash")
    denied = [
        name for name in SECTIONS if isinstance(getattr(found, name), Unknown) and getattr(found, name).denied
    ]
    assert {"volume_groups", "rules", "domains"} <= set(denied)
    assert isinstance(found.broker, Unknown)
    assert isinstance(found.configs, dict)
    assert found.configs["/etc/nova/nova.conf"] == Unknown(unknown="this user may not read it", denied=True)
    assert isinstance(found.files, dict)
    assert found.files["/root/secret"] == Unknown(unknown="this user may not look there", denied=True)
    assert found.files["/etc/shadow"].sha256 == ""  # type: ignore[union-attr]
    assert isinstance(found.listeners, tuple)
    assert {one.process for one in found.listeners} == {""}


def test_busybox_has_no_packages_and_tells_no_listener_its_holder() -> None:
    found = facts("busybox-ash")
    assert found.services == Unknown(unknown="no service manager that is known")
    assert isinstance(found.packages, Unknown)
    assert found.clock.error > 0.4  # type: ignore[union-attr]
    assert found.users["swift"].groups == ("swift", "nova")  # type: ignore[index]


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_in_any_of_them(name: str) -> None:
    text = recorded(f"shells/{name}.txt")
    assert not [word for word in ("s3cr3t", "changeme", "= hare", "$y$", "$6$") if word in text]
    assert raw(text, secrets()) == text
