"""The pytest side of a run. Inactive until ``--site`` or ``--arch`` is given.

``options`` what the user may say, ``state`` what one process of a run knows, ``collecting`` items and their
plan, ``stories`` runs one and writes its verdict, ``referee`` asks the board and reports what never runs,
``serial`` and ``scheduling`` are the two ways to play it, ``conducting`` begins and ends the run,
``reporting`` is for the terminal.
"""

from __future__ import annotations

import sys

import pytest

from harness.plugin.options import Options, add_options

MARKER = "scenario(declared): a story of Deploy Day; declared with harness.testing.scenario"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options of a run."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Offer the seams at which a run is given its site, its accounts and its session with the cloud."""
    from harness.plugin import hooks

    pluginmanager.add_hookspecs(hooks)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Wake up where a site or an architecture was given."""
    config.addinivalue_line("markers", MARKER)
    options = Options.of(config)
    if options.given:
        from harness.plugin.activation import activate

        activate(config, options)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse stories without a cloud to tell them of."""
    if "harness.testing" not in sys.modules or Options.of(config).given:
        return
    from harness.plan.discover import declared

    found = [item for item in items if declared(getattr(item, "function", None))]
    if found:
        raise pytest.UsageError(
            f"{found[0].nodeid} is a scenario: say which cloud, --site SITE or --arch ARCH --cloud NAME"
        )
