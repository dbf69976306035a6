"""A description written down: it comes to the same, it does not change when it is written again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.arch import load
from harness.arch.ranges import expand
from harness.arch.shipped import shipped_names
from harness.arch.source import read_text
from harness.describing import read, write
from harness.describing.emitting import WIDTH, block, flow
from harness.describing.ranges import collapse
from harness.describing.trees import difference, merged
from tests.matrix.described import other_names

SHIPPED = [name for name in shipped_names() if not name.endswith("ubuntu-12.04")]
MARK = {"from": "rack7", "at": "2012-05-04T06:00Z", "by": "deployday 1.0"}


def kept(text: str, path: Path) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_written_comes_to_the_same(name: str, tmp_path: Path) -> None:
    text = write(read(name))
    file = kept(text, tmp_path / "again.yaml")
    assert load(file).fingerprint == load(name).fingerprint
    assert write(read(file)) == text
    assert len(text.splitlines()) <= 80
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.parametrize("name", SHIPPED)
def test_a_mark_stays(name: str, tmp_path: Path) -> None:
    text = write(replace(read(name), mark=MARK))
    file = kept(text, tmp_path / "again.yaml")
    assert load(file).table.captured == ("rack7, 2012-05-04T06:00Z",)
    assert write(read(file)) == text


def test_a_cloud_with_other_names_is_written_as_well(tmp_path: Path) -> None:
    file = other_names().write(tmp_path / "harbour.yaml")
    text = write(read(str(file)))
    again = kept(text, tmp_path / "again.yaml")
    assert load(again).fingerprint == load(file).fingerprint
    assert write(read(again)) == text
    assert "  crane[1:2]-east: {roles: [object-storage], devices: [vdb, vdc, vdd]}" in text
    assert "  pier-[07:09]: {roles: [compute, network]}" in text
    assert "m1.tiny: null" in text
    assert "tanker: {id: 75, ram: 6 GB, vcpus: 3, disk: 30 GB, swap: 512 MB}" in text


def test_it_says_what_differs_and_no_more(tmp_path: Path) -> None:
    lines = write(read("essex/six-node")).splitlines()
    assert "  storage-[1:3]: {roles: [object-storage], devices: [sdb, sdc]}" in lines
    assert not any("scheduler: filter" in line for line in lines)  # the base's own word


def test_a_base_beside_the_file_and_levels_of_its_own(tmp_path: Path) -> None:
    kept("deployday: 1\nname: base\nextends: essex/six-node\nregion: Hull\n", tmp_path / "base.yaml")
    own = "deployday: 1\nname: mine\nextends: base.yaml\ncompute: {level: should, flavors: {m1.tiny: null}}\n"
    file = kept(own, tmp_path / "mine.yaml")
    text = write(read(file))
    again = kept(text, tmp_path / "again.yaml")
    assert "extends: base.yaml" in text
    assert "compute:\n  flavors: {m1.tiny: null}\n  level: should\n" in text
    assert load(again).fingerprint == load(file).fingerprint


def test_notes_stand_at_the_end_and_are_wrapped() -> None:
    notes = {"Not seen:": ["a: " + "why " * 60], "Nothing here:": []}
    lines = write(replace(read("essex/six-node"), notes=notes)).splitlines()
    assert lines[lines.index("# Not seen:") + 1].startswith("# - a: why")
    assert "# Nothing here:" not in lines
    assert max(map(len, lines)) <= WIDTH


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp")), max_size=40)


@given(
    st.recursive(WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4))
)
@example("")
@example("null")
@example("- a")
@example("a, b: c # d")
@example("several words: " * 20 + "#end")
@example("x" * 200 + " > " + "y" * 200)
@example({"<": "=", "~": "{}", "a [1:2]": ["]", "'"]})
def test_what_is_put_into_yaml_comes_out_of_it(value: Any) -> None:
    for text in ("\n".join(block("key", value)), "key: " + flow(value)):
        entry, problems = read_text(text, "x")
        assert entry is not None, (text, problems)
        assert entry.plain() == {"key": value}, text


NAMES = st.from_regex(r"\A[a-c]{1,2}-?(0?[0-9]|1[0-2])(-[ab][0-9])?\Z")


@given(st.sets(NAMES, max_size=25))
@example({f"rack{r}-n{n}" for r in (1, 2) for n in range(1, 9)})
@example({"a-1", "a-01", "a-2", "a-02"})
@example({"a9", "a09", "a10", "a11"})
def test_ranges_stand_for_their_names_and_for_no_others(names: set[str]) -> None:
    keys = collapse(names)
    assert sorted(name for key in keys for name in expand(key)) == sorted(names)


def test_ranges_are_few() -> None:
    assert collapse([f"compute-{n}" for n in range(1, 121)]) == ["compute-[1:120]"]
    assert collapse([f"n{n:03}" for n in range(1, 121)]) == ["n[001:120]"]
    assert collapse([f"rack{r}-n{n}" for r in (1, 2) for n in range(1, 9)]) == ["rack[1:2]-n[1:8]"]
    assert collapse(["controller", "db-1", "db-2", "db-4"]) == ["controller", "db-[1:2]", "db-4"]


TREES = st.recursive(
    st.text("ab", max_size=2), lambda inner: st.dictionaries(st.text("xyz", max_size=1), inner, max_size=3)
)


@given(st.dictionaries(st.text("xyz", max_size=1), TREES), st.dictionaries(st.text("xyz", max_size=1), TREES))
def test_a_difference_laid_over_gives_what_was_wanted(wanted: Any, below: Any) -> None:
    def bare(tree: Any) -> Any:
        """Mappings in which nothing is left are no news."""
        found = {name: bare(child) for name, child in tree.items()} if isinstance(tree, dict) else tree
        return {n: c for n, c in found.items() if c != {}} if isinstance(found, dict) else found

    assert bare(merged(below, difference(wanted, below))) == bare(wanted)
