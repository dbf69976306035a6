from collections.abc import Iterator

import pytest

from harness.clients.session import CloudSession
from tests.clients.fake import Rows, Service, open_session, serving


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as one:
        yield one


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def session(service: Service, rows: Rows) -> CloudSession:
    return open_session(service, rows)
