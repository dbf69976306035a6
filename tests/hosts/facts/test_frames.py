from __future__ import annotations

from harness.hosts.facts.frames import LINE, LINES, Part, printable, sections
from tests.hosts.facts.answers import NONCE, framed, part, section


def test_text_is_kept_as_it_was() -> None:
    found = section(part("a", "one\n\n two \n"), part("b", "no end"), part("c")).parts
    assert found["a"] == Part("a", ("one", "", " two "), "0")
    assert found["b"] == Part("b", ("no end",), "0")
    assert found["c"] == Part("c", (), "0")


def test_what_a_file_says_is_no_frame() -> None:
    forged = f" {NONCE} ? 0\n{NONCE[:-1]}x }} it\n{NONCE.upper()} {{ other\n"
    found = sections(framed("it", part("a", forged)), NONCE)
    assert list(found) == ["it"]
    assert len(found["it"].parts["a"].lines) == 3


def test_the_first_answer_counts() -> None:
    found = sections(framed("it", part("a", "first\n")) + framed("it", part("a", "second\n")), NONCE)
    assert found["it"].parts["a"].lines == ("first",)


def test_a_part_that_was_cut_short_loses_its_last_line() -> None:
    text = framed("it", part("dpkg", "nova-api\t2012.1.3\nnova-common\t2012.1.3\n"))
    cut = text[: text.index("nova-common") + len("nova-common\t2012")]
    found = sections(cut, NONCE)["it"]
    assert found.parts["dpkg"] == Part("dpkg", ("nova-api\t2012.1.3",), "")
    assert not found.whole


def test_a_section_that_was_ended_says_why() -> None:
    late = section(part("a", "x\n", ""), whole=False, why="late")
    assert late.unknown("a").unknown == "it took too long and was ended"
    assert section(whole=False, why="skipped").unknown().unknown.startswith("the time for all questions")
    assert section(whole=False).unknown("a").unknown == "the answer ended before it was told"


def test_harmless_and_bounded() -> None:
    assert printable("a\x1b[31mb\x1b[0m\x07\u202ec\td") == "ab\ufffd\ufffdc\td"
    assert printable("\udcff") == "\ufffd"
    found = section(part("a", "x" * 10_000 + "\n" + "y\n" * 50_000)).parts["a"].lines
    assert len(found[0]) == LINE
    assert len(found) == LINES
