"""Filters that break one storage server, one fault each; they stand before it on one node."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from hashlib import md5
from pathlib import Path

from harness.lab.objects.filters import App, Asked, Environ, Factory, Start, breaking

_PARTS = 6  # "", device, partition, account, container, object


def _named(environ: Environ) -> list[str]:
    """Device, partition, account, container and object of a request, as far as its path says them."""
    return str(environ["PATH_INFO"]).split("/", _PARTS - 1)[1:]


def _about_object(environ: Environ) -> bool:
    return len(_named(environ)) == _PARTS - 1


@breaking
def rows_lost(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Before a container server: what it is told of objects it confirms and does not write down."""
    if environ["REQUEST_METHOD"] not in ("PUT", "DELETE") or not _about_object(environ):
        return app(environ, start)
    start("201 Created", [("Content-Length", "0")])
    return [b""]


@breaking
def containers_lost(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Before an account server: what it is told of containers it confirms and does not write down."""
    if environ["REQUEST_METHOD"] != "PUT" or len(_named(environ)) != _PARTS - 2:
        return app(environ, start)
    start("201 Created", [("Content-Length", "0")])
    return [b""]


@breaking
def not_mounted(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Before a container server: it finds no device mounted."""
    if len(_named(environ)) < _PARTS - 2:
        return app(environ, start)
    start("507 Insufficient Storage", [("Content-Length", "0")])
    return [b""]


@breaking
def full(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Before an object server: there is no room for anything new."""
    if environ["REQUEST_METHOD"] != "PUT":
        return app(environ, start)
    start("507 Insufficient Storage", [("Content-Length", "0")])
    return [b""]


def after_put(spoiling: Callable[[Path], None]) -> Factory:
    """The factory of a filter before an object server that does something to the folder of each object that
    was just put.
    """

    @functools.wraps(spoiling)
    def factory(global_conf: dict[str, str], **local: str) -> Callable[[App], App]:
        devices = Path(global_conf["devices"])

        def wrap(app: App) -> App:
            def spoilt(environ: Environ, start: Start) -> Iterable[bytes]:
                if environ["REQUEST_METHOD"] != "PUT" or not _about_object(environ):
                    return app(environ, start)
                answer = Asked(app, environ)
                if answer.status == 201:
                    spoiling(_folder(devices, environ))
                return answer.answer(start)

            return spoilt

        return wrap

    return factory


@after_put
def copy_lost(folder: Path) -> None:
    """The file is gone as soon as it has been confirmed."""
    for path in folder.glob("*.data"):
        path.unlink()


@after_put
def copy_changed(folder: Path) -> None:
    """The file has another first byte than what came, and a checksum that fits it."""
    for path in folder.glob("*.data"):
        content = path.read_bytes()
        content = bytes([content[0] ^ 1]) + content[1:] if content else content
        path.write_bytes(content)
        _say(path, ETag=md5(content, usedforsecurity=False).hexdigest())


@after_put
def copy_older(folder: Path) -> None:
    """The file says that it was put long before the other copies."""
    for path in folder.glob("*.data"):
        _say(path, **{"X-Timestamp": "1335160000.00000"})


def _say(path: Path, **facts: str) -> None:
    """Change what a file says of itself."""
    from swift.obj.diskfile import read_metadata, write_metadata

    write_metadata(str(path), read_metadata(str(path)) | facts)


def _folder(devices: Path, environ: Environ) -> Path:
    """Where an object's files lie: ``objects/<partition>/<end of its hash>/<hash>``."""
    from swift.common.utils import hash_path, storage_directory

    device, partition, *name = _named(environ)
    return devices / device / str(storage_directory("objects", partition, hash_path(*name)))
