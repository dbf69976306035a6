"""The pages of Swift 1.4.8: WebOb's, in plain text or in HTML as the request asks,
or a backend's passed on.
"""

from __future__ import annotations

from http import HTTPStatus

_EXPLANATIONS = {
    201: "",
    202: "The request is accepted for processing.",
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    401: "This server could not verify that you are authorized to access the document you requested. Either "
    "you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to "
    "supply the credentials required.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    409: "There was a conflict when trying to complete your request.",
    411: "Content-Length header required.",
    412: "Request precondition failed.",
    413: "The body of your request was too large for this server.",
    422: "Unable to process the contained instructions",
    499: "",
    500: "The server has either erred or is incapable of performing the requested operation.",
    503: "The server is currently unavailable. Please try again at a later time.",
    507: "There was not enough space to save the resource.",
}  # fmt: skip
_TITLES = {416: "Requested Range Not Satisfiable", 413: "Request Entity Too Large", 499: "Client Disconnect"}


def status_line(status: int) -> str:
    """``416 Requested Range Not Satisfiable``: the reason phrases of the time."""
    return f"{status} {_TITLES.get(status) or HTTPStatus(status).phrase}"


def own_page(status: int, method: str, accept: str) -> tuple[str, bytes]:
    """Content type and body of a page that the proxy itself makes."""
    title = status_line(status)
    text = _EXPLANATIONS.get(status, "")
    tail = "   "
    if status == 405:
        text, tail = f"The method {method} is not allowed for this resource. ", " "
    return _html_page(title, text) if _wants_html(accept) else _text_page(title, text, tail)


def _wants_html(accept: str) -> bool:
    return "html" in accept or "*/*" in accept


def _html_page(title: str, text: str) -> tuple[str, bytes]:
    page = f"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n"
    return "text/html; charset=UTF-8", f"{page}  {text}<br /><br />\n\n\n\n </body>\n</html>".encode()


def _text_page(title: str, text: str, tail: str = "   ") -> tuple[str, bytes]:
    return "text/plain; charset=UTF-8", f"{title}\n\n{text}\n\n{tail}".encode()


def passed_on_page(status: int, accept: str) -> tuple[str, bytes]:
    """Content type and body of a storage server's page: called HTML, and HTML where that is accepted."""
    page = _html_page if _wants_html(accept) else _text_page
    return "text/html; charset=UTF-8", page(status_line(status), _EXPLANATIONS.get(status, ""))[1]
