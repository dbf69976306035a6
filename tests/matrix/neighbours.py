"""Busy neighbours: another tenant of the lab's cloud makes and removes things all the time, by plain HTTP.

They know nothing of Deploy Day. What is theirs stays as it is unless they change it themselves.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

JSON = {"Content-Type": "application/json"}


@dataclass
class Answer:
    """What came back; ``json`` reads it."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """One request; a refusal is an answer, too."""
    request = urllib.request.Request(url, method=method, headers=dict(headers), data=body)
    try:
        with urllib.request.urlopen(request, timeout=20) as got:
            return Answer(got.status, got.read(), got.headers)
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read(), refused.headers)


@dataclass
class Neighbour:
    """One ordinary user at work.

    ``things`` is what is there of his and can be shown: URL → what it holds, None for no bytes;
    ``unshown`` is the rest.
    """

    auth_url: str
    user: str
    password: str
    things: dict[str, bytes | None] = field(default_factory=dict)
    unshown: set[str] = field(default_factory=set)
    made: int = 0
    refused: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        wanted = {"username": self.user, "password": self.password}
        body = json.dumps({"auth": {"passwordCredentials": wanted, "tenantName": self.user}}).encode()
        access = send("POST", f"{self.auth_url}/tokens", JSON, body).json["access"]
        self.token = {"X-Auth-Token": access["token"]["id"]}
        self.places = {row["type"]: row["endpoints"][0]["publicURL"] for row in access["serviceCatalog"]}

    def work(self, stop: threading.Event) -> None:
        """Make one thing after the other, remove the oldest; two of a kind are there at once."""
        kept: dict[str, list[str]] = {}
        for number, make in enumerate(itertools.cycle(self._trades())):
            if stop.is_set():
                return
            url = make(number)
            if url:
                mine = kept.setdefault(make.__name__, [])
                mine.append(url)
                if len(mine) > 1:
                    self.remove(mine.pop(0))
            stop.wait(0.05)

    def _trades(self) -> list[Any]:
        known = {
            "compute": (self._server, self._keypair),
            "volume": (self._volume,),
            "image": (self._image,),
            "object-store": (self._object,),
        }
        return [trade for kind, trades in known.items() if kind in self.places for trade in trades]

    def remove(self, url: str) -> None:
        """Take one thing away; a server or a volume that is still busy stays on the list."""
        status = send("DELETE", url, self.token).status
        if status == 404:
            self.vanished.append(url)
        if status in (200, 202, 204, 404):
            self.things.pop(url, None)
            self.unshown.discard(url)
        else:
            self.refused.append(f"DELETE {url}: {status}")

    def leave(self, limit: float = 30.0) -> None:
        """Remove everything, wait until it is gone; what is busy is asked again."""
        end, all_of_it = time.monotonic() + limit, [*self.things]
        while (self.things or self.unshown) and time.monotonic() < end:
            for url in [*self.things, *sorted(self.unshown, reverse=True)]:
                self.remove(url)
            time.sleep(0.1)
        while any(send("GET", url, self.token).status == 200 for url in all_of_it):
            assert time.monotonic() < end, "what the neighbour removed is still there"
            time.sleep(0.1)
        left = {*self.things, *self.unshown}
        assert left == set(), f"the neighbour cannot leave: {self.refused[-5:]}"

    def lost(self) -> list[str]:
        """What should be there and is not, or is not as it was."""
        wrong = [f"{url}: gone before it was removed" for url in self.vanished]
        for url, content in list(self.things.items()):
            answer = send("GET", url, self.token)
            if answer.status != 200 or (content is not None and answer.body != content):
                wrong.append(f"{url}: {answer.status}")
        return wrong

    def _post(self, kind: str, path: str, name: str, body: Any) -> str | None:
        answer = send(
            "POST", f"{self.places[kind]}/{path}", {**self.token, **JSON}, json.dumps({name: body}).encode()
        )
        if answer.status not in (200, 202):
            self.refused.append(f"POST {kind}/{path}: {answer.status}")  # a quota or a rate limit
            return None
        made = answer.json[name]
        return self._made(f"{self.places[kind]}/{path}/{made.get('id', made.get('name'))}")

    def _made(self, url: str, content: bytes | None = None) -> str:
        self.made += 1
        self.things[url] = content
        return url

    def _server(self, number: int) -> str | None:
        flavors = send("GET", f"{self.places['compute']}/flavors/detail", self.token).json["flavors"]
        images = send("GET", f"{self.places['image']}/images", self.token).json["images"]
        image = next(row["id"] for row in images if row["disk_format"] not in ("aki", "ari", "raw"))
        smallest = min(flavors, key=lambda row: (row["ram"], row["disk"]))["id"]
        wanted = {"name": f"web{number}", "imageRef": image, "flavorRef": smallest}
        return self._post("compute", "servers", "server", wanted)

    def _keypair(self, number: int) -> str | None:
        url = self._post("compute", "os-keypairs", "keypair", {"name": f"key{number}"})
        if url:  # Essex shows no single keypair
            del self.things[url]
            self.unshown.add(url)
        return url

    def _volume(self, number: int) -> str | None:
        return self._post("volume", "volumes", "volume", {"size": 1, "display_name": f"data{number}"})

    def _image(self, number: int) -> str | None:
        meta = {"name": f"golden{number}", "disk_format": "raw", "container_format": "bare"}
        headers = {f"x-image-meta-{key}": value for key, value in meta.items()}
        headers |= {
            "x-image-meta-is_public": str(number % 2 == 0),
            "Content-Type": "application/octet-stream",
        }
        content = f"disk {number}".encode() * 8
        answer = send("POST", f"{self.places['image']}/images", {**self.token, **headers}, content)
        if answer.status not in (200, 201):
            self.refused.append(f"POST images: {answer.status}")
            return None
        return self._made(f"{self.places['image']}/images/{answer.json['image']['id']}", content)

    def _object(self, number: int) -> str | None:
        base, content = f"{self.places['object-store']}/papers", f"letter {number}".encode()
        for url, body in ((base, b""), (f"{base}/letter{number}", content)):
            status = send("PUT", url, {**self.token, "Content-Type": "text/plain"}, body).status
            if status not in (201, 202):
                self.refused.append(f"PUT {url}: {status}")
                return None
            self.unshown.add(base)
        return self._made(f"{base}/letter{number}", content)


@contextmanager
def at_work(auth_url: str, user: str, password: str) -> Iterator[Neighbour]:
    """A neighbour is busy inside the context; a defect of his own is raised at its end."""
    neighbour, stop = Neighbour(auth_url, user, password), threading.Event()
    errors: list[BaseException] = []

    def working() -> None:
        try:
            neighbour.work(stop)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=working, daemon=True)
    thread.start()
    try:
        yield neighbour
    finally:
        stop.set()
        thread.join(30)
    if errors:
        raise errors[0]
