"""The package database: the one of dpkg, so that the machine's own ``dpkg-query`` reads it."""

from __future__ import annotations

from pathlib import Path

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


def change_package(folder: Path, name: str, version: str | None) -> None:
    """Give a package of a node another version, or take it away; nothing where it is not installed."""
    path = folder / "var" / "lib" / "dpkg" / "status"
    paragraphs = path.read_text(encoding="utf-8").split("\n\n")
    kept = [one for one in paragraphs if not one.startswith(f"Package: {name}\n")]
    if version is not None and len(kept) < len(paragraphs):
        kept.insert(0, _paragraph(name, version).rstrip("\n"))
    path.write_text("\n\n".join(kept), encoding="utf-8")


def _paragraph(name: str, version: str) -> str:
    return (
        f"Package: {name}\nStatus: install ok installed\nPriority: extra\nSection: net\n"
        f"Maintainer: Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>\nArchitecture: amd64\n"
        f"Version: {version}\nDescription: {name}\n\n"
    )
