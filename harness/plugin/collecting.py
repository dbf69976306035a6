"""Items and their plan: subjects become parameters, deselected needs come back, the plan gives the order."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import UTC, datetime

import pytest

from harness.errors import Problem, UsageError
from harness.evidence.carried import Carried, read_carried
from harness.evidence.folder import RunFolder
from harness.plan.declared import Scenario
from harness.plan.discover import declared
from harness.plan.granting import picking
from harness.plan.planned import Plan
from harness.plan.planning import make_plan
from harness.plan.reach import missing
from harness.plan.scope import scope_of
from harness.plan.subjects import planned_subjects
from harness.plugin.polling import polled, without_cleanup
from harness.plugin.state import Run, key_of, usage
from harness.plugin.tick import Tick

_FOREIGN = ("skip", "skipif", "xfail")


class Collecting:
    """The same in every process, so that all workers collect alike: by description and site only."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one item for each subject; a single one, without, where there is nothing to look at."""
        scenario = declared(metafunc.function)
        if scenario is None or scenario.subjects is None:
            return
        if "subject" not in metafunc.fixturenames:
            raise ValueError(f"scenario {scenario.id} has subjects: its story takes the argument `subject`")
        arch = self.run.site.arch
        subjects, _ = planned_subjects(scenario, arch)
        if arch.whole is not None:
            every, _ = planned_subjects(scenario, arch.whole)
            subjects = (*subjects, *(name for name in every if name in arch.absent))
        metafunc.parametrize("subject", subjects, ids=[name or "-" for name in subjects])

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Let ``-k`` find a scenario by its key and its gate."""
        scenario, key = declared(getattr(item, "function", None)), key_of(item)
        if scenario is not None and key is not None:
            item.extra_keyword_matches.update((key, scenario.gate))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        """Plan what the user selected, with all that it needs, in running order."""
        everything = list(items)
        yield
        if session.testsfailed:
            return
        try:
            plan = self._plan(everything, items)
        except UsageError as error:
            raise usage(error) from None
        self.run.plan = plan
        by_key = {key_of(item): item for item in everything}
        self._take_back(config, {item.nodeid for item in items})
        items[:] = [by_key[planned.key] for planned in plan.scenarios]
        self._wall(items)
        if self.run.role == "worker":
            items.append(Tick.of(session))

    def _plan(self, everything: Sequence[pytest.Item], items: Sequence[pytest.Item]) -> Plan:
        scenarios, nodeids = _scenarios(everything)
        narrowed = len(items) < len(everything)
        keys = [key for item in items if (key := key_of(item))]
        again, poll = self._again(), self.run.options.poll
        if poll:
            narrowed, keys = True, polled(items, poll)
        within = None if poll else scope_of(self.run.options.scope, self.run.site.arch)
        plan = make_plan(
            scenarios,
            self.run.site.arch,
            missing=missing(self.run.site),
            selected=[*again.selected] if again else keys if narrowed else None,
            carried=again.results if again else (),
            scope=again.scope if again else _scope(self.run, narrowed),
            within=within,
            budget=self.run.options.servers,
            nodeids=nodeids,
            pick=picking(self.run.site, datetime.now(UTC)),
        )
        return without_cleanup(plan) if poll else plan

    def _again(self) -> Carried | None:
        """What runs again and what is carried, where an earlier run is run again."""
        given = self.run.options.run_dir
        folder = RunFolder(given) if given else None
        return read_carried(folder, rows=False) if folder and folder.carried.exists() else None

    def _take_back(self, config: pytest.Config, selected: set[str]) -> None:
        """What runs after all does not count as deselected."""
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and "deselected" in terminal.stats:
            left = [item for item in terminal.stats["deselected"] if self.run.planned(item.nodeid) is None]
            terminal.stats["deselected"] = left

    def _wall(self, items: Sequence[pytest.Item]) -> None:
        """Stop a story that hangs; the user's own ``--timeout`` goes first."""
        config = self.run.config
        if config.getoption("timeout", "no such plugin") is not None:
            return
        for item in items:
            planned = self.run.planned(item.nodeid)
            if planned is not None and item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(planned.limit, method="signal"))


def _scenarios(items: Sequence[pytest.Item]) -> tuple[list[Scenario], dict[str, str]]:
    """What the items declare, and their node ids by key; raises ``UsageError`` with all that is wrong."""
    problems: list[Problem] = []
    scenarios: dict[int, Scenario] = {}
    nodeids: dict[str, str] = {}
    for item in items:
        scenario, key = declared(getattr(item, "function", None)), key_of(item)
        if scenario is None or key is None:
            problems.append(Problem(item.nodeid, "only scenarios can run against a cloud"))
            continue
        if key in nodeids and id(scenario) in scenarios:
            problems.append(Problem(item.nodeid, "a scenario has no parameters but its subjects"))
        found = [name for name in _FOREIGN if item.get_closest_marker(name)]
        if found:
            hint = "say `applies=` or `requires=`, or waive the deviation"
            problems.append(Problem(item.nodeid, f"a scenario cannot carry {found[0]}", hint=hint))
        scenarios[id(scenario)] = scenario
        nodeids.setdefault(key, item.nodeid)
    if problems:
        raise UsageError(*problems)
    return list(scenarios.values()), nodeids


def _scope(run: Run, narrowed: bool) -> str:
    """The user's selection in the user's words; ``all`` without one."""
    option = run.config.option
    words = [("-k", option.keyword), ("-m", option.markexpr)] if narrowed else []
    told = [*run.options.scope, *(f"{name} {text}" for name, text in words if text)]
    return " ".join(told) or ("a selection" if narrowed else "all")
