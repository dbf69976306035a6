"""A run's own parts: the site that was named, leased accounts, a session over HTTP and SSH."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.options import Options
from harness.plugin.seams import Accounts, Session, Visits

if TYPE_CHECKING:
    from harness.plan.planned import Plan, PlannedScenario
    from harness.plugin.state import Run
    from harness.site import Site


@pytest.hookimpl(trylast=True)
def pytest_deployday_site(config: pytest.Config) -> Site:
    """Read the site file, or make a site of an architecture and a cloud's name."""
    from harness.site import load_site

    options = Options.of(config)
    return load_site(options.ref, cloud=options.cloud, overlays=options.overlays, sets=options.sets)


@pytest.hookimpl(trylast=True)
def pytest_deployday_accounts(config: pytest.Config, run: Run) -> Accounts:
    """Lease accounts with the administrator's credentials, else use the site's; a look leases nothing."""
    from harness.accounts import borrowed, lease

    if run.options.poll:
        return borrowed(run.site, run.folder, run.recorder)
    return lease(run.site, run.folder, run.recorder)


@pytest.hookimpl(trylast=True)
def pytest_deployday_plan(config: pytest.Config, run: Run, accounts: Any) -> Plan | None:
    """Spread the stories over the run's users, within what limits and quotas leave."""
    from harness.accounts import Held
    from harness.plugin.budgeting import budgeted

    if not isinstance(accounts, Held):
        return None
    return budgeted(run.plan, accounts, run.site.arch, run.options.servers, run.recorder)


@pytest.hookimpl(trylast=True)
def pytest_deployday_visits(config: pytest.Config, run: Run) -> Visits | None:
    """Visit all hosts that the site gives an address for, where some story is about hosts."""
    from harness.cloud.visiting import Round
    from harness.evidence.redaction import public_words
    from harness.evidence.writer import Recorder

    if not run.site.hosts or not any(row.id.startswith("hosts.") for row in run.plan.scenarios):
        return None
    public = public_words(run.site.arch.table)
    only = [row.subject or "" for row in run.plan.scenarios] if run.options.poll else None
    recorder = Recorder(run.folder.events, worker="visits", public=public)
    return Round(run.site, run.folder, recorder, only)


@pytest.hookimpl(trylast=True)
def pytest_deployday_failed(
    config: pytest.Config, run: Run, planned: PlannedScenario, component: str, rows: Any
) -> None:
    """Attach what the services behind it wrote meanwhile."""
    from harness.cloud import RunSession

    session = run.opened
    if isinstance(session, RunSession):
        session.failed(planned.key, planned.subject, component, rows)


@pytest.hookimpl(trylast=True)
def pytest_deployday_session(config: pytest.Config, run: Run, accounts: Any) -> Session:
    """Open the clients and connections of this process; nothing is sent yet."""
    from harness.accounts import Accounts
    from harness.cloud import RunSession
    from harness.plugin.walls import standing_still

    lent = Accounts.from_wire(accounts)
    run.recorder.secret(*(account.password for account in (*lent.users.values(), lent.admin) if account))
    run.recorder.secret(lent.guest_key)
    session = RunSession(run.site, run.recorder, run.folder, lent)
    session.trail.pausing = standing_still
    return session
