"""What stands on the hosts: every statement about nodes, told by each node in one round trip."""

from collections.abc import Callable, Iterator

from harness.testing import Architecture

FACTS = ("hosts.facts[=]",)


def having(*parts: str) -> Callable[[Architecture], Iterator[str]]:
    """The nodes of which something is described under one of these words."""

    def found(arch: Architecture) -> Iterator[str]:
        return (name for name, node in arch.model.nodes.items() if any(getattr(node, part) for part in parts))

    return found
