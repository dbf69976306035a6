"""What the user of plain pytest may say: which cloud, which description, where the run is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.plan.within import Wall

_DEST = "deployday_"
_TAG = re.compile(r"[\w][\w.:@+=/-]{0,59}\Z")


def add_options(parser: pytest.Parser) -> None:
    """One option a line, in the words of the command line."""
    group = parser.getgroup("deployday", "Deploy Day: scenarios against a cloud")

    def option(name: str, **how: Any) -> None:
        group.addoption(name, dest=_DEST + name.strip("-").replace("-", "_"), **how)

    option("--site", metavar="FILE", help="The site file of the cloud.")
    option("--arch", metavar="ARCH", help="A reference architecture, with --cloud instead of a site file.")
    option("--cloud", metavar="NAME", help="The cloud's name in clouds.yaml.")
    option("--overlay", metavar="FILE", action="append", default=[], help="A change of the architecture.")
    option("--set", metavar="PATH=VALUE", action="append", default=[], help="One changed leaf of it.")
    option("--run-dir", metavar="DIR", help="Where the run is written; default var/runs/<run-id>.")
    option("--servers", metavar="N", type=int, default=4, help="Servers that may run at once (default 4).")
    option(
        "--within", metavar="TIME", default="", help="The run ends within so long, clean-up included: 30m."
    )
    option("--began", metavar="EPOCH", type=float, help="When the time of --within began; default: now.")
    option(
        "--poll", metavar="KEY", action="append", default=[], help="Only see whether preflight opens: all."
    )
    option(
        "--scope",
        metavar="KIND=NAME",
        action="append",
        default=[],
        help="Judge this part alone: role=ROLE, area=AREA or node=NODE; repeatable.",
    )
    option("--tag", metavar="TAG", action="append", default=[], help="A word that the run is found by later.")


@dataclass(frozen=True)
class Options:
    """The options of one run, as given."""

    site: str | None
    arch: str | None
    cloud: str | None
    overlays: tuple[Path, ...]
    sets: tuple[str, ...]
    run_dir: Path | None
    servers: int
    tags: tuple[str, ...] = ()
    within: str = ""
    began: float | None = None
    poll: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: pytest.Config) -> Options:
        """Read them from a configuration of pytest."""

        def get(name: str) -> Any:
            return config.getoption(_DEST + name)

        return cls(
            site=get("site"),
            arch=get("arch"),
            cloud=get("cloud"),
            overlays=tuple(Path(text) for text in get("overlay")),
            sets=tuple(get("set")),
            run_dir=Path(get("run_dir")) if get("run_dir") else None,
            servers=get("servers"),
            tags=tuple(dict.fromkeys(get("tag"))),
            within=get("within"),
            began=get("began"),
            poll=tuple(get("poll")),
            scope=tuple(get("scope")),
        )

    @property
    def given(self) -> bool:
        """Whether this is a run of ours at all."""
        return bool(self.site or self.arch)

    @property
    def ref(self) -> str:
        """The site file, or the architecture."""
        return str(self.site or self.arch)

    def check(self) -> None:
        """Raise ``UsageError`` for options that exclude each other."""
        if self.site and (self.arch or self.cloud):
            raise UsageError("--site says which cloud and which architecture: leave --arch and --cloud away")
        if self.arch and not self.cloud:
            raise UsageError("--arch needs --cloud NAME: an entry of clouds.yaml (envvars: what OS_* say)")
        if self.servers < 0:
            raise UsageError("--servers is a number of servers, not below 0")
        self.wall(0.0)
        for tag in self.tags:
            if not _TAG.match(tag):
                expected = "up to 60 letters, digits and . : @ + = / - _, a letter or digit first"
                raise UsageError(Problem("--tag", "not a tag", expected=expected, found=tag[:80]))

    def wall(self, now: float) -> Wall | None:
        """When the run has to be over, its time beginning ``now`` (epoch seconds) where nothing else is said;
        raises ``UsageError`` for what is no time.
        """
        if not self.within:
            return None
        from harness.plan.within import wall  # here: another project's tests need none of it

        return wall(self.within, now if self.began is None else self.began)

    def to_json(self) -> dict[str, Any]:
        """As ``run.json`` keeps them."""
        return {
            "site": self.site,
            "arch": self.arch,
            "cloud": self.cloud,
            "overlays": [str(path) for path in self.overlays],
            "sets": list(self.sets),
            "servers": self.servers,
            "within": self.within,
            "scope": list(self.scope),
        }
