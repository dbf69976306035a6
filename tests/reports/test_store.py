"""What is kept in a page's data block comes back as it went in, and can never end the block."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from reports.render.store import Store, embedded

ENDINGS = ("</script>", "<!--", "<script", "]]>", "\u2028", "\u2029", "--!>")


def back(script: Markup, number: int) -> str:
    """What the page's script puts in."""
    data = json.loads(str(script))
    return "".join(data["texts"][place] for place in data["parts"][number])


def read(markup: str) -> str:
    """Markup as a browser reads it: quotes in a text need no escape."""
    return markup.strip().replace("&#34;", '"').replace("&#39;", "'")


@given(st.lists(st.text(), max_size=5))
def test_a_part_comes_back(texts: list[str]) -> None:
    store = Store()
    markup = Markup("").join(Markup('<li class="ok"><p>{}</p> </li>\n').format(text) for text in texts)
    number = store.keep(markup)
    assert back(store.script(), number) == read(str(markup))


@given(st.text(alphabet=st.sampled_from("<>&'\"/!-script\u2028\\u003c")))
def test_nothing_ends_the_block(text: str) -> None:
    store = Store()
    store.keep(Markup("<p>{}</p>").format(text))
    written = str(store.script(more=text))
    assert "<" not in written
    assert not any(sign in written for sign in ENDINGS)
    assert json.loads(written)["more"] == text


@pytest.mark.parametrize("nasty", ENDINGS)
def test_data_is_read_back_as_it_was(nasty: str) -> None:
    assert json.loads(str(embedded({"a": nasty}))) == {"a": nasty}


def test_what_is_the_same_is_kept_once() -> None:
    store = Store()
    for number in range(100):
        store.keep(Markup("<li><b>GET</b> {} {}</li>").format("x" * 1000, escape(str(number % 3))))
    assert len(str(store.script())) < 5000


def test_a_tag_in_a_text_is_a_text() -> None:
    store = Store()
    number = store.keep(Markup("<p>{}</p>").format('<img src=x onerror="1">'))
    assert not re.search("<img", back(store.script(), number))
