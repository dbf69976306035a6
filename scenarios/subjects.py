"""What several suites look at, one by one."""

from collections.abc import Iterator

from harness.testing import Architecture

SPOKEN = ("identity", "compute", "image", "volume", "object-store")


def services(arch: Architecture) -> Iterator[str]:
    """The described services that the harness speaks with."""
    return (service for service in SPOKEN if service in arch.model.catalogue)


def rings(arch: Architecture) -> Iterator[str]:
    """The described rings."""
    return iter(arch.model.objects.rings if arch.model.objects else ())


def has_rings(arch: Architecture) -> bool:
    """Whether any ring is described."""
    return arch.model.objects is not None


def ring_holders(arch: Architecture) -> Iterator[str]:
    """The nodes that must have ring files: proxies and storage."""
    return iter(dict.fromkeys((*arch.nodes_with("object-proxy"), *arch.nodes_with("object-storage"))))
