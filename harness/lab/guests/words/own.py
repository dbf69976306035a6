"""The shell's own words."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.lab.guests.shell import Call, Exit, Session
from harness.lab.guests.words.options import options


async def true_(call: Call) -> int:
    """Success. What these would change is not there to be seen; ``export`` keeps assignments."""
    if call.name == "export":
        call.shell.env.update(arg.split("=", 1) for arg in call.args if "=" in arg)  # type: ignore[misc]
    return 0


async def false_(call: Call) -> int:
    """Failure."""
    return 1


async def exit_(call: Call) -> int:
    """The end of this shell, with a status."""
    if call.args:
        call.shell.status = int(call.args[0]) & 255 if call.args[0].isdecimal() else 2
    raise Exit


async def cd(call: Call) -> int:
    """Another directory."""
    path = call.shell.path(call.args[0] if call.args else call.shell.env["HOME"])
    if call.files.node(path).data is not None:
        return call.fail(f"can't cd to {path}", 2)
    call.shell.cwd = path
    return 0


async def sh(call: Call) -> int:
    """A shell: ``-c LINE``, a file, or the input."""
    return await _inner(call, call.shell.user, call.args)


async def sudo(call: Call) -> int:
    """Everyone may; the words after it run as root."""
    args = list(call.args)
    while args and args[0].startswith("-"):
        args.pop(0)
    quoted = " ".join("'" + arg.replace("'", "'\\''") + "'" for arg in args)
    return await _inner(call, "root", ["-c", quoted], fresh=False)


async def _inner(call: Call, user: str, args: list[str], *, fresh: bool = True) -> int:
    given, rest = options(Call(call.shell, call.name, args[:2], call.typed), "c")
    if "c" in given:
        line = given["c"]
    elif rest:
        line = call.files.read(call.shell.path(rest[0])).decode(errors="replace")
    else:
        line = (await call.typed()).decode(errors="replace")
    outer = call.shell
    env = {name: value for name, value in outer.env.items() if name not in ("HOME", "USER")} if fresh else {}
    deeper = Session(outer.guest, user, outer.hurry, outer.depth + 1, 0, outer.cwd, env)
    done = await deeper.each(line, call.typed)
    call.out += done.out
    call.err += done.err
    return done.status


async def test(call: Call) -> int:
    """Conditions: -e -f -d -b -s -r -w -x, -z -n, = !=, -eq and its like, a leading ``!``."""
    args = call.args[:-1] if call.name == "[" else list(call.args)
    turned = bool(args) and args[0] == "!"
    holds = _holds(call, args[1:] if turned else args)
    return int(holds == turned)


def _holds(call: Call, args: list[str]) -> bool:
    if len(args) == 2 and args[0] in ("-e", "-f", "-d", "-b", "-s", "-r", "-w", "-x"):
        path = call.shell.path(args[1])
        if not call.files.exists(path):
            return False
        node, device = call.files.node(path), call.files.disk(path) is not None
        plain = node.data is not None and not device and not path.startswith("/dev/")
        judged = {
            "-d": node.data is None,
            "-f": plain,
            "-b": device,
            "-s": bool(node.data),
            "-x": bool(node.mode & 1),
        }
        return judged.get(args[0], True)
    if len(args) == 2 and args[0] in ("-z", "-n"):
        return bool(args[1]) == (args[0] == "-n")
    if len(args) == 3 and args[1] in ("=", "==", "!="):
        return (args[0] == args[2]) == (args[1] != "!=")
    if len(args) == 3 and args[1] in _COMPARED and all(re.fullmatch(r"-?\d+", arg) for arg in args[::2]):
        return _COMPARED[args[1]](int(args[0]), int(args[2]))
    return len(args) == 1 and bool(args[0])


_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__,
    "-ge": int.__ge__,
}  # fmt: skip
