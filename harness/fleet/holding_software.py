"""Packages and configuration: described for the whole cloud, seen on each host that has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import translate
from functools import cache
from itertools import chain

from harness.arch.model import ReferenceArchitecture
from harness.fleet.observed import Observed, unseen
from harness.hosts.facts.model import NO_SUCH_FILE, Config, Facts, Unknown

SEALED = "hmac:"
_SECRET = Unknown(unknown="a secret: it is compared between hosts only")


def packages(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """Each version of what matches a pattern, and a host that lacks what one of its roles brings."""
    own = {
        pattern
        for role in model.nodes[node].roles
        if role in model.roles
        for pattern in model.roles[role].packages
    }
    for pattern in model.packages:
        path = ("packages", pattern, "version")
        if isinstance(facts.packages, Unknown):
            if pattern in own:
                yield unseen(path, facts.packages)
            continue
        found = _versions(facts.packages, pattern)
        for version, names in found.items():
            yield Observed(path, version, about=", ".join(names))
        if not found and pattern in own:
            yield Observed(path, about="it has no such package")


def _versions(installed: Mapping[str, str], pattern: str) -> dict[str, list[str]]:
    """Version → the packages whose name matches."""
    found: dict[str, list[str]] = {}
    matches = _matcher(pattern)
    for name in sorted(name for name in installed if matches(name)):
        found.setdefault(installed[name], []).append(name)
    return found


@cache
def _matcher(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """What ``fnmatchcase`` does with a pattern, made once for all names of all hosts."""
    return re.compile(translate(pattern)).match


def config(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    """The options of each described file that the host has, or should have for its services.

    An option that is not set is not there (None): what a program takes instead, its file does not say.
    """
    for file, options in model.config.items():
        if isinstance(facts.configs, Unknown):
            for option in options if _belongs(file, node, model) else ():
                yield unseen(("config", file, option), facts.configs)
            continue
        copies = _copies(facts.configs, file)
        for option in options:
            for path, copy in copies.items():
                yield from _option(("config", file, option), path, copy)
            if not copies and _belongs(file, node, model):
                yield Observed(("config", file, option), about=f"it has no {file}")


def _option(path: tuple[str, ...], file: str, copy: Config | Unknown) -> Iterator[Observed]:
    if isinstance(copy, Unknown):
        yield unseen(path, copy)
        return
    values = option_of(copy, path[-1])
    if not values:
        yield Observed(path, about=file)
    for section, value in values.items():
        where = f"{file} [{section}]" if copy.form == "ini" and section else file
        yield unseen(path, _SECRET) if value.startswith(SEALED) else Observed(path, value, about=where)


def option_of(copy: Config, option: str) -> dict[str, str]:
    """Section → value of an option; the last one of several, as oslo takes it.

    ``section/option`` names one section; a bare name is looked for in DEFAULT first, then in all others.
    """
    section, _, bare = option.rpartition("/")
    wanted = (
        [section] if section else [name for name in ("DEFAULT", "") if bare in copy.options.get(name, {})]
    )
    found = {}
    for name in wanted or sorted(copy.options):
        if values := copy.options.get(name, {}).get(bare):
            found[name] = _plain(values[-1])
    return found


def _plain(value: str) -> str:
    """Python's own words for yes and no in small letters, as a description has them."""
    return value.lower() if value in ("True", "False") else value


def _copies(configs: Mapping[str, Config | Unknown], file: str) -> dict[str, Config | Unknown]:
    """The files of that name which are there."""
    return {path: each for path, each in configs.items() if _is(path, file) and each != NO_SUCH_FILE}


def _is(path: str, file: str) -> bool:
    return path == file or ("/" not in file and path.rpartition("/")[2] == file)


def _belongs(file: str, node: str, model: ReferenceArchitecture) -> bool:
    """Whether a service of the node reads a file of that name: nova.conf, glance-api.conf."""
    stem = file.rpartition("/")[2].partition(".")[0]
    return any(name == stem or name.startswith(f"{stem}-") for name in model.nodes[node].services)


def nowhere(fleet: Mapping[str, Facts], model: ReferenceArchitecture) -> Iterator[Observed]:
    """What is described for the cloud and seen on no host at all; nothing while a host cannot tell."""
    told = [facts.packages for facts in fleet.values()]
    installed = [each for each in told if not isinstance(each, Unknown)]
    for pattern in model.packages if installed and len(installed) == len(told) else ():
        if not any(map(_matcher(pattern), chain.from_iterable(installed))):
            yield Observed(("packages", pattern, "version"), about="no host has such a package")
    files = [facts.configs for facts in fleet.values()]
    read = [each for each in files if not isinstance(each, Unknown)]
    for file, options in model.config.items() if read and len(read) == len(files) else ():
        if not any(_copies(each, file) for each in read):
            for option in options:
                yield Observed(("config", file, option), about="no host has such a file")
