"""How a cloud refuses: one class a kind of answer, each with the exchange that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import CloudError

_LONGEST_MESSAGE = 500


@dataclass(frozen=True)
class Exchange:
    """What an error must carry to be found again: the request, its answer, and the record row of both."""

    method: str = ""
    url: str = ""
    status: int | None = None
    request_id: str = ""
    component: str = ""
    row: str = ""

    def __str__(self) -> str:
        answer = f"answered {self.status}" if self.status is not None else "was not answered"
        request_id = f" (request id {self.request_id})" if self.request_id else ""
        return f"{self.method} {self.url} {answer}{request_id}"


class ServiceError(CloudError):
    """An API exchange that did not give what was asked for; the base of all that follow.

    ``status`` is None where no answer came; ``message`` is the service's own text, ``exchange`` where to find
    it.
    """

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        self.exchange = exchange or Exchange()
        self.message = " ".join(message.split())[:_LONGEST_MESSAGE]
        cites = (self.exchange.row,) if self.exchange.row else ()
        shown = f"{self.exchange.component or 'cloud'}: {self.exchange}: {self.message or 'no message'}"
        super().__init__(shown if exchange else self.message, component=self.exchange.component, cites=cites)

    @property
    def method(self) -> str:
        """The HTTP method of the request."""
        return self.exchange.method

    @property
    def url(self) -> str:
        """The URL of the request; a token in it is redacted in the record, not here."""
        return self.exchange.url

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer; None where there was none."""
        return self.exchange.status

    @property
    def request_id(self) -> str:
        """The service's own id of the request, where it gives one."""
        return self.exchange.request_id

    @property
    def row(self) -> str:
        """The record row of the exchange."""
        return self.exchange.row


class NotFound(ServiceError):  # noqa: N818 - named as the field speaks
    """There is no such thing, or this user may not know of it (404)."""


class Refused(ServiceError):  # noqa: N818 - named as the field speaks
    """The service does not know the caller (401), or the caller may not do this (403)."""


class Conflict(ServiceError):  # noqa: N818 - named as the field speaks
    """The thing exists already, or its state does not allow this (409)."""


class OverQuota(ServiceError):  # noqa: N818 - named as the field speaks
    """The tenant's quota or a service limit does not allow this (413 ``overLimit``)."""


class RateLimited(ServiceError):  # noqa: N818 - named as the field speaks
    """Too many requests in too short a time; ``retry_after`` says how many seconds to wait."""

    def __init__(self, message: str, exchange: Exchange | None = None, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message, exchange)


class Invalid(ServiceError):  # noqa: N818 - named as the field speaks
    """The service says that the request is wrong (400, 405, 411, 412, 415, 416, 422)."""


class Unreachable(ServiceError):  # noqa: N818 - named as the field speaks
    """Nothing answered at the address, or not in time."""


class ServerFault(ServiceError):  # noqa: N818 - named as the field speaks
    """The service failed (5xx), or what it answered cannot be read."""


class WaitTimeout(CloudError):  # noqa: N818 - named as the field speaks
    """A state was not reached within its limit; ``last`` is the last value seen,
    ``transitions`` what went before.
    """

    def __init__(
        self,
        message: str,
        *,
        last: object = None,
        transitions: tuple[tuple[str, float], ...] = (),
        component: str = "",
        cites: tuple[str, ...] = (),
    ) -> None:
        self.last = last
        self.transitions = transitions
        super().__init__(message, component=component, cites=cites)
