"""What is done to a server of Nova 2012.1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.clients.compute_essex_answers import pairs_of, server_of
from harness.clients.compute_essex_speech import Speech, part, text_of
from harness.clients.screen import open_screen
from harness.clients.values import Screen, Server


class ActionsEssex(Speech):
    """The ``ServerActions`` part of the protocol."""

    def update_server(self, server_id: str, *, name: str | None = None) -> Server:
        """Change its name."""
        wanted = {} if name is None else {"name": name}
        path = f"/servers/{part(server_id)}"
        return self._send("PUT", path, {"server": wanted}, lambda data: server_of(data["server"]))

    def reboot(self, server_id: str, hard: bool = False) -> None:
        """Start again."""
        self._act(server_id, lambda servers, id: servers.reboot(id, "HARD" if hard else "SOFT"))

    def rebuild(
        self,
        server_id: str,
        *,
        image: str,
        name: str | None = None,
        password: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Server:
        """Put an image's content in place of the server's."""
        more = {"name": name, "meta": dict(metadata) if metadata is not None else None}
        return self._call(
            lambda nova: server_of(
                nova.servers.rebuild(part(server_id), image, password=password, **more).to_dict()
            )
        )

    def resize(self, server_id: str, flavor: str) -> None:
        """Make it another flavor's size."""
        self._act(server_id, lambda servers, id: servers.resize(id, flavor))

    def confirm_resize(self, server_id: str) -> None:
        """Keep the new size."""
        self._act(server_id, lambda servers, id: servers.confirm_resize(id))

    def revert_resize(self, server_id: str) -> None:
        """Go back to the size before."""
        self._act(server_id, lambda servers, id: servers.revert_resize(id))

    def pause(self, server_id: str) -> None:
        """Stop its processors."""
        self._act(server_id, lambda servers, id: servers.pause(id))

    def unpause(self, server_id: str) -> None:
        """Let a paused server run on."""
        self._act(server_id, lambda servers, id: servers.unpause(id))

    def suspend(self, server_id: str) -> None:
        """Store its memory on the disk."""
        self._act(server_id, lambda servers, id: servers.suspend(id))

    def resume(self, server_id: str) -> None:
        """Let a suspended server run on."""
        self._act(server_id, lambda servers, id: servers.resume(id))

    def stop(self, server_id: str) -> None:
        """Switch it off."""
        self._act(server_id, lambda servers, id: servers.stop(id))

    def start(self, server_id: str) -> None:
        """Switch a stopped server on."""
        self._act(server_id, lambda servers, id: servers.start(id))

    def rescue(self, server_id: str) -> str:
        """Boot it from a rescue image."""
        return self._action(server_id, {"rescue": None}, lambda data: text_of(data["adminPass"]))

    def unrescue(self, server_id: str) -> None:
        """Boot it from its own disk again."""
        self._act(server_id, lambda servers, id: servers.unrescue(id))

    def change_password(self, server_id: str, password: str) -> None:
        """Change its administrator's password."""
        self._link.door.record.secret(password)
        self._act(server_id, lambda servers, id: servers.change_password(id, password))

    def create_image(
        self, server_id: str, name: str | None = None, *, metadata: Mapping[str, str] | None = None
    ) -> str:
        """Ask for an image of its disk."""
        fresh = name or self._link.keeper.name("image")
        with self._link.keeper.creating("image", fresh) as entry:
            image = self._call(
                lambda nova: text_of(nova.servers.create_image(part(server_id), fresh, dict(metadata or {})))
            )
            entry.made(image)
        return image

    def console(self, server_id: str, lines: int | None = None) -> str:
        """What the server printed on its console."""
        return self._call(lambda nova: text_of(nova.servers.get_console_output(part(server_id), lines)))

    def vnc_console(self, server_id: str) -> str:
        """The URL of its screen; the token in it is a secret."""
        body = {"os-getVNCConsole": {"type": "novnc"}}
        url = self._action(server_id, body, lambda data: text_of(data["console"]["url"]))
        self._link.door.record.secret(url.partition("token=")[2])
        return url

    def open_screen(self, url: str) -> Screen:
        """Open a ``vnc_console`` as a browser does."""
        return open_screen(self._link, url)

    def server_metadata(self, server_id: str) -> dict[str, str]:
        """All metadata."""
        return self._get(_metadata(server_id), lambda data: pairs_of(data["metadata"]))

    def server_metadata_item(self, server_id: str, key: str) -> str:
        """One value."""
        return self._get(f"{_metadata(server_id)}/{part(key)}", lambda data: text_of(data["meta"][key]))

    def set_server_metadata(self, server_id: str, values: Mapping[str, str]) -> dict[str, str]:
        """Add to the metadata."""
        return self._metadata("POST", server_id, values)

    def replace_server_metadata(self, server_id: str, values: Mapping[str, str]) -> dict[str, str]:
        """Put these in place of all others."""
        return self._metadata("PUT", server_id, values)

    def delete_server_metadata(self, server_id: str, key: str) -> None:
        """Remove one value."""
        self._drop(f"{_metadata(server_id)}/{part(key)}")

    def lock(self, server_id: str) -> None:
        """Keep everybody but administrators from changing it."""
        self._act(server_id, lambda servers, id: servers.lock(id))

    def unlock(self, server_id: str) -> None:
        """Undo ``lock``."""
        self._act(server_id, lambda servers, id: servers.unlock(id))

    def migrate(self, server_id: str) -> None:
        """Move it to another host, which nobody can name."""
        self._act(server_id, lambda servers, id: servers.migrate(id))

    def live_migrate(self, server_id: str, host: str) -> None:
        """Move it while it runs; its disk must be shared by both hosts."""
        self._act(server_id, lambda servers, id: servers.live_migrate(id, host, False, False))

    def diagnostics(self, server_id: str) -> str:
        """What the hypervisor counts for it."""
        url = f"{self._link.endpoint('compute')}/servers/{part(server_id)}/diagnostics"
        return self._link.ask("GET", url).body.decode("utf-8", "replace")

    def _act(self, server_id: str, act: Callable[[Any, str], object]) -> None:
        self._call(lambda nova: act(nova.servers, part(server_id)))

    def _action(self, server_id: str, body: Mapping[str, Any], reader: Callable[[Any], str]) -> str:
        return self._send("POST", f"/servers/{part(server_id)}/action", body, reader)

    def _metadata(self, method: str, server_id: str, values: Mapping[str, str]) -> dict[str, str]:
        body = {"metadata": dict(values)}
        return self._send(method, _metadata(server_id), body, lambda data: pairs_of(data["metadata"]))


def _metadata(server_id: str) -> str:
    return f"/servers/{part(server_id)}/metadata"
