"""What ``deployday run`` makes of a pytest that ended otherwise than with a verdict."""

from __future__ import annotations

import pytest

from harness.cli.child import broke
from harness.errors import UsageError


def test_what_pytest_refuses_is_told_without_its_noise() -> None:
    said = "deployday: rack7 is to be six-node\n74 deselected\nERROR: w.yaml:2: not YAML\n    hint: x\n"
    with pytest.raises(UsageError) as refused:
        broke(4, said)
    assert str(refused.value) == "w.yaml:2: not YAML\n    hint: x"


def test_a_selection_of_nothing_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="no scenario"):
        broke(5, "80 deselected in 0.59s")


@pytest.mark.parametrize(("code", "said"), [(3, "INTERNALERROR> x\nERROR: y"), (4, "no error line")])
def test_anything_else_is_shown_as_it_is(code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    broke(code, said)
    assert capsys.readouterr().err == said
