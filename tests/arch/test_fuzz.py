"""Whatever a file says, it loads or it is wrong usage: nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.arch import Architecture, load
from harness.arch.grammar import Description
from harness.errors import Problem, UsageError

KEYS = sorted(Description.model_fields)
SOME = """60 s|<= 1 %|/22|sql|kvm|null|must|each node|compute|identity|object-storage|controller|m1.tiny|level
compute-[1:3]|12|true|'{tenant_id}'|1e9|-1|[|''"""
WORDS = st.one_of(
    st.sampled_from(re.split(r"[|\n]", SOME)),
    st.text(alphabet="ab-.:[]{}", max_size=8).map(lambda text: "'" + text + "'"),
)
VALUE = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.one_of(WORDS, st.sampled_from(KEYS)), inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=8,
)
PLACES = """nodes nodes.controller nodes.storage-1.devices nodes.storage-1.zone compute objects.rings level
objects.rings.object images roles roles.identity catalogue.compute catalogue.compute.public database identity
network objectives packages config volumes name region"""
PATHS = st.sampled_from(PLACES.split())


def problems_of(load_it: Callable[[], Architecture]) -> tuple[Problem, ...]:
    """What is wrong with an architecture; any other error than wrong usage passes through."""
    try:
        arch = load_it()
    except UsageError as error:
        return error.problems
    assert arch.table.clauses
    return ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PATHS, VALUE), min_size=1, max_size=3))
def test_any_setting_loads_or_is_wrong_usage(assignments: list[tuple[str, str]]) -> None:
    sets = [f"{path}={value}" for path, value in assignments]
    found = problems_of(lambda: load("essex/six-node", sets=sets))
    assert all(problem.where and problem.message for problem in found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_to_a_file_loads_or_is_wrong_usage(tmp_path: Path, data: Any) -> None:
    text = (Path(__file__).parents[2] / "reference_arch/essex/six-node.yaml").read_text()
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 60))
    new = data.draw(st.text(alphabet="ab:-,[]{}&*!'\" \n#<%/12", max_size=20))
    file = tmp_path / "damaged.yaml"
    file.write_text(text[:start] + new + text[start + length :])
    assert all(problem.where and problem.message for problem in problems_of(lambda: load(file)))


@pytest.mark.parametrize("levels", ["must", "should", "info"])
def test_a_level_holds_for_everything_below_it(levels: str) -> None:
    arch = load("essex/six-node", sets=[f"compute.level={levels}", "compute.quotas.level=info"])
    found = {clause.level for clause in arch.table.below(("compute", "flavors"))}
    assert found == {levels}
    assert {clause.level for clause in arch.table.below(("compute", "quotas"))} == {"info"}


def test_a_wrong_item_of_a_list_takes_the_list_away_and_is_told() -> None:
    found = problems_of(lambda: load("essex/six-node", sets=["nodes.storage-1.devices=[60 s]"]))
    assert any("devices" in problem.path for problem in found)
