"""Reading the options of a word."""

from __future__ import annotations

from harness.lab.guests.shell import Call


def options(call: Call, valued: str = "") -> tuple[dict[str, str], list[str]]:
    """Single letters, those of ``valued`` with what follows them, and the other arguments."""
    found: dict[str, str] = {}
    rest: list[str] = []
    args = list(call.args)
    while args:
        arg = args.pop(0)
        if arg == "--":
            return found, [*rest, *args]
        if not arg.startswith("-") or arg == "-":
            rest.append(arg)
            continue
        for at, letter in enumerate(arg[1:], 1):
            if letter in valued:
                found[letter] = arg[at + 1 :] or (args.pop(0) if args else "")
                break
            found[letter] = ""
    return found, rest
