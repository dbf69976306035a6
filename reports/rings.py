"""The rings of a run: what its stories drew (rows of the kind ``ring``), and why the others were not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from reports.model import Ring, Scenario

DRAWS = "rings.sound"
"""The story that draws; where it did not get that far, the report says why."""
_UNTOLD = ("not_applicable", "pass")


def rings(rows: Iterable[Mapping[str, Any]], scenarios: Sequence[Scenario]) -> list[Ring]:
    """The rings that a run drew, and those that it could not; in the order of the stories."""
    drawn = {str(row.get("ring"))[:80]: _ring(row) for row in rows if row.get("kind") == "ring"}
    told = {one.subject: one for one in scenarios if one.id == DRAWS and one.subject}
    for name, story in told.items():
        if name not in drawn and story.verdict not in _UNTOLD:
            why = story.reason or story.verdict.replace("_", " ")
            drawn[name] = Ring(name=name, scenario=story.key, picture=None, why=why)
    order = list(told)
    return sorted(drawn.values(), key=lambda one: order.index(one.name) if one.name in told else len(order))


def _ring(row: Mapping[str, Any]) -> Ring:
    name, story = str(row.get("ring"))[:80], str(row.get("scenario") or "")[:200]
    fields = ("picture", "holders", "others", "unread", "nodes")
    try:
        return Ring(name=name, scenario=story, **{field: row.get(field) for field in fields})
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"][:6])
        return Ring(
            name=name, scenario=story, picture=None, why=f"the record's picture is torn at {place[:80]}"
        )
