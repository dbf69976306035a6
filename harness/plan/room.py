"""Whether there is room: can all stories come to their end within so many servers at once?

A story that leaves servers running keeps them until what it names in ``until`` is over, and that may itself
wait for stories that need servers. Started in the wrong order they would wait for each other for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.plan.planned import PlannedScenario

_MOST = 3000
"""States that are looked at before the answer is no."""


@dataclass(frozen=True)
class _Story:
    """One story that runs servers; sets of stories are bits of a number."""

    bit: int
    servers: int
    account: str
    before: int
    stays: bool
    closing: int


class Room:
    """``budget`` servers in all, and as many for each account as ``each`` says.

    Only stories that run servers count here; all others are links between them.
    """

    def __init__(
        self, plan: Iterable[PlannedScenario], budget: int, each: Mapping[str, int] | None = None
    ) -> None:
        rows = {row.key: row for row in plan}
        self.budget = budget
        self.each = dict(each or {})
        self._bits = {key: 1 << n for n, key in enumerate(k for k, row in rows.items() if row.servers)}
        links = _links(rows, self._bits)
        self._stories = [_story(rows[key], bit, links, self._bits, rows) for key, bit in self._bits.items()]
        self._all = sum(self._bits.values())
        self._stuck: dict[int, set[int]] = {}

    @property
    def ample(self) -> bool:
        """Whether everything that could ever run side by side fits: then no order is wrong."""
        stay = [story for story in self._stories if story.stays]
        pass_by = max((story.servers for story in self._stories if not story.stays), default=0)
        if sum(story.servers for story in stay) + pass_by > self.budget:
            return False
        return all(
            sum(story.servers for story in stay if story.account == name)
            + max((s.servers for s in self._stories if not s.stays and s.account == name), default=0)
            <= most
            for name, most in self.each.items()
        )

    def suffices(self, over: Iterable[str] = (), never: Iterable[str] = ()) -> bool:
        """Whether all the others can still end when these are ``over`` (or about to be); of those that
        ``never`` ran nothing was left running.
        """
        gone = self._mask(never)
        return self._ends(self._mask(over) | gone, gone)

    def holds_up(self, key: str, staying: Iterable[str]) -> bool:
        """Whether servers that stay cannot go before this story is over."""
        stay = self._mask(staying)
        return any(story.bit & stay and story.closing & self._mask([key]) for story in self._stories)

    def _mask(self, keys: Iterable[str]) -> int:
        mask = 0
        for key in keys:
            mask |= self._bits.get(key, 0)
        return mask

    def _ends(self, done: int, gone: int) -> bool:
        """Depth first: pass-by stories run whenever they fit, which never hurts; what stays is tried."""
        stuck = self._stuck.setdefault(gone, set())
        left = [done]
        while left and len(stuck) < _MOST:
            done, free, each = self._passed_by(left.pop(), gone)
            if done == self._all:
                return True
            if done in stuck:
                continue
            stuck.add(done)
            tried = [done | s.bit for s in self._stories if s.stays and _fits(s, done, free, each)]
            left += reversed(tried)
        return False

    def _passed_by(self, done: int, gone: int) -> tuple[int, int, dict[str, int]]:
        """Run what gives its servers back, until nothing more can; the state then, and what is free."""
        while True:
            free, each = self._free(done, gone)
            more = 0
            for story in self._stories:
                if not story.stays and _fits(story, done | more, free, each):
                    more |= story.bit
            if not more:
                return done, free, each
            done |= more

    def _free(self, done: int, gone: int) -> tuple[int, dict[str, int]]:
        free, each = self.budget, dict(self.each)
        for story in self._stories:
            if story.stays and story.bit & done & ~gone and story.closing & ~done:
                free -= story.servers
                if story.account in each:
                    each[story.account] -= story.servers
        return free, each


def _fits(story: _Story, done: int, free: int, each: Mapping[str, int]) -> bool:
    return (
        not story.bit & done
        and not story.before & ~done
        and story.servers <= free
        and story.servers <= each.get(story.account, free)
    )


def _links(rows: Mapping[str, PlannedScenario], bits: Mapping[str, int]) -> dict[str, int]:
    """The stories with servers that must be over before each; what is late comes after all that is not, and
    the clean-up after all others.
    """
    links: dict[str, int] = {}
    others = sum(bit for key, bit in bits.items() if not rows[key].after_all)
    early = sum(bit for key, bit in bits.items() if not (rows[key].after_all or rows[key].late))

    def before(key: str) -> int:
        if key not in links:
            links[key] = 0
            row = rows[key]
            found = others if row.after_all else early if row.late else 0
            for other in (*row.needs, *row.after):
                if other in rows:
                    found |= before(other) | bits.get(other, 0)
            links[key] = found
        return links[key]

    for key in rows:
        before(key)
    return links


def _story(
    row: PlannedScenario,
    bit: int,
    links: Mapping[str, int],
    bits: Mapping[str, int],
    rows: Mapping[str, PlannedScenario],
) -> _Story:
    closing = 0
    for other in row.until:
        if other in rows:
            closing |= links[other] | bits.get(other, 0)
    return _Story(bit, row.servers, row.account, links[row.key], bool(row.until), closing & ~bit)
