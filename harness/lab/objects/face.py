"""What today's Swift does differently from 1.4.8 as a client sees it, undone right at the proxy's front.

``Face`` stands before everything: it refuses what did not exist, drops what was ignored, and gives answers
their spelling of 2012. ``Wall`` stands behind the token check: with keystone's middleware of Essex another
tenant's token was refused before any ACL was looked at, and a member might delete the account.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from swift.common.utils import close_if_possible
from swift.common.wsgi import WSGIContext

from harness.lab.objects.pages import own_page, passed_on_page, status_line

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]
Headers = list[tuple[str, str]]

_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
_ACCEPTED = re.compile(r"\*/\*|text/(\*|plain|xml)|application/(\*|json|xml)")
_LATER = re.compile(
    "x-openstack-request-id|x-(put-)?timestamp|x-storage-policy|vary|allow|www-authenticate"
    "|x-copied-from-account|x-account-(status|storage-policy-.*|project-domain-id)|x-backend-.*",
    re.IGNORECASE,
)
_ENTITY = {"content-type", "content-length", "last-modified", "etag", "accept-ranges", "content-range"}
_RETOLD = {201, 202, 401, 403, 404, 405, 409, 412, 422, 500, 503}


class Face:
    """WSGI middleware before the whole of Swift's proxy."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The WSGI entry."""
        refusal = _refusal(environ)
        if refusal:
            status, (kind, body) = refusal
            trans_id = ("X-Trans-Id", f"tx{uuid.uuid4().hex}")
            start(status_line(status), [("Content-Length", str(len(body))), ("Content-Type", kind), trans_id])
            return [body if environ["REQUEST_METHOD"] != "HEAD" else b""]
        accept = environ.get("HTTP_ACCEPT", "")
        _forget(environ)
        return _Answer(self.app, environ, accept).send(start)


def _level(environ: Environ) -> int:
    """1 account, 2 container, 3 object, 0 anything else."""
    parts = environ["PATH_INFO"].split("/", 4)[2:]
    return len([part for part in parts if part])


def _refusal(environ: Environ) -> tuple[int, tuple[str, bytes]] | None:
    """What 1.4.8 did not have: discovery, OPTIONS, methods by level, delimiters longer than one character."""
    method, path, level = environ["REQUEST_METHOD"], environ["PATH_INFO"], _level(environ)
    if path == "/info":
        return 412, ("text/html; charset=UTF-8", b"Bad URL")
    if level and method not in _METHODS and not (method == "COPY" and level == 3):
        return 405, own_page(405, method, environ.get("HTTP_ACCEPT", ""))
    delimiter = re.search(r"(?:^|&)delimiter=([^&]*)", environ.get("QUERY_STRING", ""))
    if method == "GET" and level in (1, 2) and delimiter and len(re.sub("%..", "%", delimiter[1])) > 1:
        return 412, ("text/html; charset=UTF-8", b"Bad delimiter")
    return None


def _forget(environ: Environ) -> None:
    """Take from a request what 1.4.8 did not look at."""
    version, level = environ["PATH_INFO"].split("/", 2)[1], _level(environ)
    if environ["REQUEST_METHOD"] == "PUT":
        environ.pop("HTTP_IF_NONE_MATCH", None)
    if level == 1 and environ["REQUEST_METHOD"] in ("DELETE", "POST", "PUT"):
        environ["QUERY_STRING"] = ""
    if level in (1, 2) and not _ACCEPTED.search(environ.get("HTTP_ACCEPT", "*/*")):
        del environ["HTTP_ACCEPT"]
    if level and version not in ("v1", "v1.0"):
        environ["PATH_INFO"] = "/v1" + environ["PATH_INFO"].removeprefix(f"/{version}")


class _Answer(WSGIContext):  # type: ignore[misc]
    """One answer of the proxy on its way to the client."""

    _response_status: str
    _response_headers: Headers

    def __init__(self, app: App, environ: Environ, accept: str) -> None:
        super().__init__(app)
        self.accept = accept
        self.environ = environ
        self.asked = dict(environ)
        self.level = _level(environ)
        self.method: str = environ["REQUEST_METHOD"]

    def send(self, start: Start) -> Iterable[bytes]:
        """Ask the proxy, then answer as 1.4.8 would have."""
        body: Iterable[bytes] = self._app_call(self.environ)
        if self.level == 1 and self.method in ("GET", "HEAD") and self._header("x-put-timestamp"):
            close_if_possible(body)
            body = self._created()
        status = int(self._response_status[:3])
        if status == 206 and self._header("content-type").startswith("multipart/byteranges"):
            status = 416
        if status == 410 or (status == 503 and self._account_deleted()):
            status = 500
        replaced = self._replacement(status, body)
        if replaced:
            close_if_possible(body)
            kind, page = replaced
            self._set("Content-Type", kind)
            self._set("Content-Length", str(len(page)))
            body = [page if self.method != "HEAD" else b""]
        self._clean(status)
        start(status_line(status), self._response_headers)
        return body

    def _account_deleted(self) -> bool:
        """Whether a container could not be made because its account has been deleted."""
        if self.level != 2 or self.method != "PUT":
            return False
        account = "/".join(self.asked["PATH_INFO"].split("/")[:3])
        look = WSGIContext(self.app)
        close_if_possible(look._app_call({**self.asked, "REQUEST_METHOD": "HEAD", "PATH_INFO": account}))
        return str(look._response_status).startswith("410")

    def _created(self) -> Iterable[bytes]:
        """A look at an account made it, where accounts are made by themselves; then look again."""
        put = {**self.asked, "REQUEST_METHOD": "PUT", "CONTENT_LENGTH": "0", "QUERY_STRING": ""}
        put["wsgi.input"] = _Nothing()
        close_if_possible(self._app_call(put))
        again: Iterable[bytes] = self._app_call(self.asked)
        return again

    def _replacement(self, status: int, body: Iterable[bytes]) -> tuple[str, bytes] | None:
        if status == 416:
            asked = self.environ.get("HTTP_RANGE", "")
            return "text/html; charset=UTF-8", f"Requested range not satisfiable: {asked}".encode()
        if status == 200 and self.level == 1 and self.method == "GET":
            return self._header("content-type"), _old_listing(b"".join(body))
        if status not in _RETOLD:
            return None
        text = b"".join(body)
        if text and not text.startswith(b"<html>"):
            return self._header("content-type"), text
        if self._by_proxy(status):
            return own_page(status, self.method, self.accept)
        return passed_on_page(status, self.accept)

    def _by_proxy(self, status: int) -> bool:
        made_here = status in (401, 403, 405, 503)
        missing = status == 404 and (not self.level or (self.method == "PUT" and not self._copies()))
        return made_here or missing or (status == 202 and self.level == 3)

    def _copies(self) -> bool:
        return "HTTP_X_COPY_FROM" in self.environ

    def _clean(self, status: int) -> None:
        kept = [(name, value) for name, value in self._response_headers if not _LATER.fullmatch(name)]
        gone = _ENTITY if status in (304, 412, 416) else set()
        if status == 204:
            gone = {"content-type"} if self.method in ("GET", "HEAD") else set()
        if self.level == 2:
            gone = gone | {"last-modified"}
        back = {"content-type", "content-length"} if status in (412, 416) else set()
        if status == 304:
            back = {"etag", "accept-ranges", "content-length"} - _unasked(self.environ)
        meta = re.compile(r"x-object-meta-.*", re.I) if status in (304, 412, 416) else None
        self._response_headers = [
            (name, value)
            for name, value in kept
            if (name.lower() not in gone or name.lower() in back) and not (meta and meta.fullmatch(name))
        ]
        if self.level == 1 and status in (200, 204) and self.method in ("GET", "HEAD"):
            self._set("Accept-Ranges", "bytes")

    def _header(self, name: str) -> str:
        return next((value for key, value in self._response_headers if key.lower() == name), "")

    def _set(self, name: str, value: str) -> None:
        others = [row for row in self._response_headers if row[0].lower() != name.lower()]
        self._response_headers = [*others, (name, value)]


def _unasked(environ: Environ) -> set[str]:
    return set() if "HTTP_IF_NONE_MATCH" in environ else {"etag"}


class _Nothing:
    def read(self, *_: int) -> bytes:
        return b""

    readline = read


def _old_listing(body: bytes) -> bytes:
    """An account's listing without what later releases added to its rows."""
    if body.startswith(b"["):
        rows = [
            {k: row[k] for k in ("name", "count", "bytes", "subdir") if k in row} for row in json.loads(body)
        ]
        return json.dumps(rows, separators=(",", ":")).encode()
    return re.sub(rb"<(last_modified|storage_policy)>[^<]*</\1>", b"", body)


class Wall:
    """WSGI middleware between the token check and Swift's own ``keystoneauth``."""

    def __init__(self, app: App, operators: Iterable[str]) -> None:
        self.app = app
        self.operators = {role.lower() for role in operators}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The WSGI entry."""
        confirmed = environ.get("HTTP_X_IDENTITY_STATUS") == "Confirmed"
        roles = {role.strip().lower() for role in environ.get("HTTP_X_ROLES", "").split(",")}
        if confirmed and not environ.get("swift.authorize_override") and "reselleradmin" not in roles:
            account = environ["PATH_INFO"].split("/", 3)[2:3]
            own = account == [f"AUTH_{environ.get('HTTP_X_TENANT_ID')}"]
            if account and account[0] and not own:
                start(
                    "403 Forbidden", [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", "0")]
                )
                return [b""]
            if (
                own
                and environ["REQUEST_METHOD"] == "DELETE"
                and _level(environ) == 1
                and roles & self.operators
            ):
                environ["HTTP_X_ROLES"] += ",ResellerAdmin"
        return self.app(environ, start)


def factory(global_conf: dict[str, str], **local: str) -> Callable[[App], Face]:
    """What paste.deploy calls for the filter before everything."""
    return Face


def wall_factory(global_conf: dict[str, str], **local: str) -> Callable[[App], Wall]:
    """What paste.deploy calls for the filter behind the token check."""
    operators = [role.strip() for role in local["operator_roles"].split(",")]
    return lambda app: Wall(app, operators)
