"""Paths print and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.arch import parse, show

PARTS = st.one_of(
    st.text(min_size=1, max_size=20), st.sampled_from(["m1.tiny", "storage-1/sdb", 'a"b', "a]b", ".", "0"])
)


@given(st.lists(PARTS, min_size=1, max_size=6).map(tuple))
def test_a_printed_path_reads_back(path: tuple[str, ...]) -> None:
    assert parse(show(path)) == path


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_a_value_error(text: str) -> None:
    try:
        path = parse(text)
    except ValueError:
        return
    assert parse(show(path)) == path


def test_plain_names_stand_bare_and_others_in_brackets() -> None:
    assert show(("compute", "flavors", "m1.tiny", "ram")) == 'compute.flavors["m1.tiny"].ram'


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", 'a["b"', "a[b]", "a b"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        parse(text)
