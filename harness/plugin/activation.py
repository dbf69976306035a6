"""Put the parts of a run in place, each process its own."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.plugin import defaults, fixtures
from harness.plugin.bounding import Bounding
from harness.plugin.collecting import Collecting
from harness.plugin.conducting import Conducting, Working
from harness.plugin.interrupting import Interrupting
from harness.plugin.options import Options
from harness.plugin.referee import Referee
from harness.plugin.reporting import Reporting
from harness.plugin.serial import Serial
from harness.plugin.state import RUN, Role, Run, usage
from harness.plugin.stories import Stories


def activate(config: pytest.Config, options: Options) -> None:
    """Load the site and register what this process does; raises ``pytest.UsageError``."""
    register = config.pluginmanager.register
    register(defaults, "deployday-defaults")
    try:
        options.check()
        site = config.hook.pytest_deployday_site(config=config)
    except UsageError as error:
        raise usage(error) from None
    run = Run(config, options, site, _role(config), config.option.maxfail)
    config.stash[RUN] = run
    config.option.maxfail = 0
    config.option.continue_on_collection_errors = False
    register(fixtures, "deployday-fixtures")
    register(Collecting(run), "deployday-collecting")
    if run.role == "worker":
        register(Working(run), "deployday-working")
        register(Interrupting(run), "deployday-interrupting")
        register(Bounding(run), "deployday-bounding")
        register(Stories(run), "deployday-stories")
        return
    referee = Referee(run)
    register(referee, "deployday-referee")
    register(Reporting(run, referee), "deployday-reporting")
    conducting = Conducting(run, referee)
    register(conducting, "deployday-conducting")
    if run.role == "serial":
        register(Interrupting(run), "deployday-interrupting")
        register(Bounding(run), "deployday-bounding")
        register(Serial(run, referee), "deployday-serial")
        register(Stories(run), "deployday-stories")
    else:
        from harness.plugin.scheduling import Scheduling

        scheduling = Scheduling(run, referee, conducting)
        register(scheduling, "deployday-scheduling")
        register(Interrupting(run, scheduling.processes), "deployday-interrupting")


def _role(config: pytest.Config) -> Role:
    if hasattr(config, "workerinput"):
        return "worker"
    alone = config.getoption("dist", "no") == "no" or config.option.collectonly
    return "serial" if alone else "controller"
