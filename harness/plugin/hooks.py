"""The seams of a run. Their defaults stand in ``defaults``; a conftest may put its own in their place."""

from __future__ import annotations

from typing import Any

import pytest

from harness.plugin.seams import Accounts, Session, Visits


@pytest.hookspec(firstresult=True)
def pytest_deployday_site(config: pytest.Config) -> Any:
    """Give the site that was asked for (``harness.site.Site``); called once in every process."""


@pytest.hookspec(firstresult=True)
def pytest_deployday_accounts(config: pytest.Config, run: Any) -> Accounts | None:
    """Lease the accounts of the run; called once, in the main process, after the folder was made."""


@pytest.hookspec(firstresult=True)
def pytest_deployday_plan(config: pytest.Config, run: Any, accounts: Any) -> Any:
    """Fit the plan (``run.plan``) to what the accounts may do; called once, in the main process, after they
    were leased. The order stays as it is.
    """


@pytest.hookspec(firstresult=True)
def pytest_deployday_visits(config: pytest.Config, run: Any) -> Visits | None:
    """Begin to visit the hosts of the site, in the background; called once, in the main process, before the
    first story.
    """


@pytest.hookspec
def pytest_deployday_failed(config: pytest.Config, run: Any, planned: Any, component: str, rows: Any) -> None:
    """A story has failed, and ``component`` is behind it: attach to its ``rows`` what else tells of it.

    Called before its verdict is written, in the process that told it; must be short, and must not raise.
    """


@pytest.hookspec(firstresult=True)
def pytest_deployday_session(config: pytest.Config, run: Any, accounts: Any) -> Session | None:
    """Open a session with the cloud; called once in every process that tells stories.

    ``accounts`` is what the leased accounts said of themselves (``Accounts.wire``): plain values, passwords
    included.
    """
