"""The proxy's line a request, as Swift 1.4.8 gave it to the log of everybody (``/var/log/syslog``)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from swift.common.utils import close_if_possible

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]
_LARGEST = 16 << 20


class Journal:
    """WSGI middleware before everything else; ``log`` is the node's file, ``host`` its name."""

    def __init__(self, app: App, log: str, host: str) -> None:
        self.app = app
        self.log = log
        self.host = host
        self.out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The WSGI entry."""
        begin = time.time()
        told: dict[str, str] = {}

        def starting(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told.update({key.lower(): value for key, value in headers}, status=status[:3])
            return start(status, headers, exc_info)

        answer = self.app(environ, starting)
        return self._counted(answer, environ, told, begin)

    def _counted(
        self, answer: Iterable[bytes], environ: Environ, told: dict[str, str], begin: float
    ) -> Iterator[bytes]:
        size = 0
        try:
            for piece in answer:
                size += len(piece)
                yield piece
        finally:
            close_if_possible(answer)
            self._write(self._line(environ, told, size, begin))

    def _line(self, environ: Environ, told: dict[str, str], size: int, begin: float) -> str:
        trans_id = told.get("x-trans-id", "-")
        path = environ.get("PATH_INFO", "") + (f"?{query}" if (query := environ.get("QUERY_STRING")) else "")
        client = environ.get("REMOTE_ADDR", "-")
        words = [
            client,
            client,
            time.strftime("%d/%b/%Y/%H/%M/%S", time.gmtime(begin)),
            environ.get("REQUEST_METHOD"),
            path,
            environ.get("SERVER_PROTOCOL"),
            told.get("status", "499"),
            "-",
            environ.get("HTTP_USER_AGENT", "-"),
            environ.get("HTTP_X_AUTH_TOKEN", "-"),
            environ.get("CONTENT_LENGTH") or "-",
            size or "-",
            "-",
            trans_id,
            "-",
            f"{time.time() - begin:.4f}",
        ]
        stamp = time.strftime("%b %e %H:%M:%S", time.gmtime(begin))
        head = f"{stamp} {self.host} proxy-server "
        failed = (
            f"{head}ERROR {told['status']} (txn: {trans_id})\n" if told.get("status", "")[:1] == "5" else ""
        )
        return failed + head + " ".join(quote(str(word))[:1000] for word in words) + "\n"

    def _write(self, text: str) -> None:
        os.write(self.out, text.encode("utf-8", "replace"))
        if os.fstat(self.out).st_size > _LARGEST:
            os.ftruncate(self.out, 0)


def factory(conf: dict[str, str], **local: str) -> Callable[[App], Journal]:
    """The paste factory."""
    options = {**conf, **local}
    return lambda app: Journal(app, options["log"], options["host"])
