"""What stories declare to cost is what they cost; where it is too much for two users, more are leased."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from harness.arch import load
from harness.evidence import read_json, read_record
from harness.evidence.folder import RunFolder
from harness.plan import make_plan
from harness.plan.discover import discover
from tests.matrix.rig import ARCHITECTURE, Ran, Rig

pytestmark = [pytest.mark.matrix, pytest.mark.lab]
SERVERS = re.compile(r"/v(?:2|1\.1)/(?P<tenant>[^/]+)/servers")


def sent(ran: Ran) -> Counter[str]:
    """POSTs on servers by story, those of the user that tells it."""
    rows = [row for row in read_record(RunFolder(ran.folder).events) if row["kind"] == "exchange"]
    told = {row["key"]: row["account"] for row in read_json(RunFolder(ran.folder).plan)["scenarios"]}
    found: Counter[str] = Counter()
    tenants: dict[str, Counter[str]] = {}
    for row in rows:
        if (match := SERVERS.search(row["url"])) and row["scenario"] in told:
            tenants.setdefault(told[row["scenario"]], Counter())[match["tenant"]] += 1
    own = {account: count.most_common(1)[0][0] for account, count in tenants.items()}
    for row in rows:
        match = SERVERS.search(row["url"])
        mine = match and row["scenario"] in told and match["tenant"] == own[told[row["scenario"]]]
        if mine and row["method"] == "POST" and row["status"] != 413:
            found[row["scenario"]] += 1
    return found


def test_no_story_sends_more_than_it_declares(rig: Rig) -> None:
    ran = rig.run(workers=4)
    assert ran.report["verdict"] == "GO", ran.told
    declared = {row["key"]: row["creates"] for row in read_json(ran.folder / "plan.json")["scenarios"]}
    over = {key: (count, declared[key]) for key, count in sent(ran).items() if count > declared[key]}
    assert over == {}


def test_a_day_that_is_too_short_for_two_users_is_shared_by_more(tmp_path: Path) -> None:
    planned = make_plan(discover(), load(ARCHITECTURE)).scenarios
    fixed = sum(row.creates for row in planned if row.runs and not row.spread)
    day = max(fixed, sum(row.creates for row in planned if row.runs) // 2 - 1)
    path = tmp_path / "short-day.yaml"
    path.write_text(
        "deployday: 1\nname: short-day\nextends: essex/six-node\n"
        f"compute: {{rate_limits: [POST */servers {day}/DAY]}}\n"
    )
    with Rig.up(tmp_path, architecture=path) as short:
        ran = short.run(workers=4)
    assert ran.report["verdict"] == "GO", ran.told
    assert ran.having("out_of_reach") == set()
    asked = Counter[str]()
    for row in read_json(ran.folder / "plan.json")["scenarios"]:
        asked[row["account"]] += row["creates"]
    assert set(asked) > {"main", "other"}
    assert max(asked.values()) <= day
    assert ran.report["timings"]["rate_limits"] == 0
