"""A cloud that is less than the whole, alone and in pairs, is GO: the right things out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.arch import load
from harness.credentials import read_credentials
from harness.plan import Scenario, make_plan
from harness.plan.discover import discover
from tests.matrix.described import Described
from tests.matrix.neighbours import at_work
from tests.matrix.reductions import (
    REDUCTIONS,
    Case,
    Expected,
    Site,
    busy,
    cases,
    describe,
    expected,
    lab_of,
    named,
    only,
)
from tests.matrix.rig import Ran, Rig, inventory

pytestmark = [pytest.mark.matrix, pytest.mark.lab]
_YAML = YAML(typ="safe")

DECLARED: list[Scenario] = discover()
PARAMS = [
    pytest.param(
        lab_of(case), case, id="+".join(case) or "whole", marks=pytest.mark.xdist_group(str(lab_of(case)))
    )
    for case in cases()
]


@dataclass(frozen=True)
class Built:
    """A lab of a reduced description."""

    rig: Rig
    described: Described
    case: Case


@pytest.fixture(scope="module")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One lab for all cases that differ in the access only."""
    case: Case = request.param
    home = tmp_path_factory.mktemp("reduced")
    described = describe(case)
    path = described.write(home / "architecture.yaml")
    with Rig.up(home, architecture=path) as rig:
        yield Built(rig, described, case)


@pytest.mark.parametrize(("built", "case"), PARAMS, indirect=["built"])
def test_a_reduced_cloud_is_go(built: Built, case: Case, tmp_path: Path) -> None:
    rig, site = built.rig, site_of(built, case)
    before = inventory(rig)
    user = busy(case, built.described)
    words = ["-k", only(case)] if only(case) else []
    with neighbour(built, user) if user else nullcontext() as other:
        ran = rig.run(*words, site=str(site))
    if other:
        assert other.made > 10, other.refused
        assert other.lost() == []
        other.leave()
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output + ran.told
    assert ran.having("fail") | ran.having("blocked") | ran.having("unknown") == set(), ran.told
    assert strangers(ran) == [] or "colleague" in case
    wanted, planned = expectation(case, tmp_path), set(ran.verdicts)
    if only(case):
        wanted = of_run(wanted, ran)
    assert ids(ran.having("not_applicable")) == wanted.not_applicable, ran.told
    assert ran.having("out_of_reach") == wanted.out_of_reach, ran.told
    assert ran.having("pass") == planned - ran.having("not_applicable") - wanted.out_of_reach
    assert ran.having("pass")
    assert inventory(rig) == before


def site_of(built: Built, case: Case) -> Path:
    """The lab's site file with the access of the case, beside the lab's own."""
    site: Site = _YAML.load(Path(built.rig.site).read_text(encoding="utf-8"))
    for name in case:
        change = REDUCTIONS[name].site
        if change:
            change(site, built.described)
    path = Path(built.rig.site).parent / f"{'+'.join(case) or 'whole'}.yaml"
    with path.open("w", encoding="utf-8") as file:
        _YAML.dump(site, file)
    return path


def neighbour(built: Built, user: str) -> Any:
    """Somebody who is busy in the same cloud."""
    name = f"{built.rig.lab.name}-{user}"
    account = read_credentials(name, built.rig.lab.folder / "clouds.yaml")
    return at_work(account.auth_url, account.username, account.password)


def expectation(case: Case, folder: Path) -> Expected:
    """What must not run in this case, read off the same cloud as it would be whole."""
    whole = load(str(describe(case, without_absent=False).write(folder / "whole.yaml")))
    reduced = load(str(describe(case).write(folder / "reduced.yaml")))
    plan = make_plan(DECLARED, whole).scenarios
    return expected(case, DECLARED, plan, set(whole.model.nodes) - set(reduced.model.nodes))


def of_run(wanted: Expected, ran: Ran) -> Expected:
    """The same, of the stories that this run was asked to tell."""
    return Expected(
        wanted.not_applicable & frozenset(ids(ran.verdicts)), wanted.out_of_reach & frozenset(ran.verdicts)
    )


def ids(keys: Any) -> set[str]:
    """The ids of some keys."""
    return {key.partition("[")[0] for key in keys}


def strangers(ran: Ran) -> list[str]:
    """What the run says of things that it found and did not make."""
    return [text for text in ran.report["warnings"] if text.startswith("Appeared")]


@pytest.mark.parametrize("name", REDUCTIONS)
def test_what_a_reduction_takes_away_is_what_its_name_says(name: str, tmp_path: Path) -> None:
    """By name, so that no story drifts out of reach by what it declares."""
    row, wanted = REDUCTIONS[name], expectation((name,), tmp_path)
    known = {scenario.id for scenario in DECLARED}
    lost = ids(wanted.out_of_reach) | wanted.not_applicable
    assert named(known, row.lost) <= lost
    assert named(known, row.kept) & lost == set()
    for pattern in row.kept:
        assert named(known, [pattern]), f"no story is called {pattern}"
    if not (row.lacks or row.gone or row.unseen):
        assert lost == never(name, tmp_path)


def never(name: str, folder: Path) -> set[str]:
    """Stories that a cloud does not ask for as it is, whole."""
    plan = make_plan(DECLARED, load(str(describe((name,)).write(folder / "never.yaml")))).scenarios
    return ids(row.key for row in plan if not row.applies)
