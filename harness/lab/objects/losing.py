"""The real things that a fault may do to what happens when a node is lost; each returns how to undo it."""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import LabError
from harness.lab.objects.repair import has_rsync
from harness.lab.objects.stack import ObjectStack

Undo = Callable[[], None]
NAMES = ("proxy option", "rsync takes nothing", "no object server comes back")


def losing_things(stack: ObjectStack) -> dict[str, Callable[..., Undo]]:
    """By the name that faults use."""

    def proxy_option(line: str) -> Undo:
        stack.proxy_options.append(line)
        stack.restart_proxies()

        def undo() -> None:
            stack.proxy_options.remove(line)
            stack.restart_proxies()

        return undo

    def rsync_takes_nothing() -> Undo:
        if not has_rsync():
            raise LabError("this machine has no rsync: nothing is repaired anyway")
        stack.rsync_read_only = True

        def undo() -> None:
            stack.rsync_read_only = False
            stack.replicate(())

        return undo

    def none_comes_back() -> Undo:
        """The file is read at the next start: what runs goes on."""
        servers = [server for server in stack.servers if server.kind == "object"]
        before = {path: path.read_text() for path in (stack.etc(s.node) / s.conf_name for s in servers)}
        for path, text in before.items():
            path.write_text(text.replace("use = egg:swift#object", "use = egg:swift#objekt"))

        def undo() -> None:
            for path, text in before.items():
                path.write_text(text)
            stack.replicate(())
            stack.start([server for server in servers if server.name not in stack.pids])
            stack.restart_proxies()

        return undo

    return dict(zip(NAMES, (proxy_option, rsync_takes_nothing, none_comes_back), strict=True))
