"""The package database: the one of dpkg, so that the machine's own ``dpkg-query`` reads it."""

from __future__ import annotations

from harness.lab.hostside.furnishing.plan import HostPlan


def write_packages(host: HostPlan) -> None:
    """``/var/lib/dpkg/status`` and the folders that dpkg looks for."""
    folder = host.folder / "var" / "lib" / "dpkg"
    for name in ("info", "updates", "triggers"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "arch").write_text("amd64\n", encoding="utf-8")
    (folder / "status").write_text(status_text(host.packages), encoding="utf-8")


def status_text(packages: dict[str, str]) -> str:
    """A status file; every package installed, none with files."""
    return "".join(_paragraph(name, version) for name, version in packages.items())


def _paragraph(name: str, version: str) -> str:
    return (
        f"Package: {name}\nStatus: install ok installed\nPriority: extra\nSection: net\n"
        f"Maintainer: Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>\nArchitecture: amd64\n"
        f"Version: {version}\nDescription: {name}\n\n"
    )
