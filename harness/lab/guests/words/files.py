"""Words that read and change files."""

from __future__ import annotations

import posixpath
import re

from harness.lab.guests.files import Files
from harness.lab.guests.shell import Call
from harness.lab.guests.tree import FileProblem
from harness.lab.guests.words.options import options


async def echo(call: Call) -> int:
    """The arguments; -n without a line's end."""
    end, args = b"\n", list(call.args)
    if args[:1] == ["-n"]:
        end, args = b"", args[1:]
    call.out += " ".join(args).encode() + end
    return 0


async def printf(call: Call) -> int:
    """A format with %s and %d."""
    form, values = (call.args[0] if call.args else ""), list(call.args[1:])
    text = re.sub(r"%[sd]", lambda _: values.pop(0) if values else "", form)
    call.out += text.replace("\\n", "\n").replace("\\t", "\t").encode()
    return 0


async def pwd(call: Call) -> int:
    """Where the shell is."""
    return call.say(call.shell.cwd)


async def sleep(call: Call) -> int:
    """Wait."""
    wanted = call.args[0] if call.args else ""
    if not re.fullmatch(r"\d+(\.\d+)?", wanted):
        return call.fail(f"invalid number '{wanted}'")
    await call.shell.pause(min(float(wanted), 600))
    return 0


async def _contents(call: Call, paths: list[str]) -> list[tuple[str, bytes]]:
    """Each named file with its content, the input for ``-`` and for no name; complaints go out at once."""
    found: list[tuple[str, bytes]] = []
    for path in paths or ["-"]:
        try:
            data = await call.typed() if path == "-" else call.files.read(call.shell.path(path))
            found.append((path, data))
        except FileProblem as problem:
            call.fail(f"can't open '{path}': {problem}")
    return found


async def cat(call: Call) -> int:
    """Files one after the other."""
    for _, data in await _contents(call, options(call)[1]):
        call.out += data
    return int(bool(call.err))


async def head(call: Call) -> int:
    """The first lines, or with -c the first bytes."""
    return await _ends(call, first=True)


async def tail(call: Call) -> int:
    """The last lines, or with -c the last bytes."""
    return await _ends(call, first=False)


async def _ends(call: Call, *, first: bool) -> int:
    call.args = [f"-n{arg[1:]}" if re.fullmatch(r"-\d+", arg) else arg for arg in call.args]
    given, paths = options(call, "nc")
    count = int(given.get("c") or given.get("n") or 10)
    for _, data in await _contents(call, paths):
        rows = (
            [data[at : at + 1] for at in range(len(data))] if "c" in given else data.splitlines(keepends=True)
        )
        kept = rows[:count] if first else rows[-count:] if count else []
        call.out += b"".join(kept)
    return int(bool(call.err))


async def wc(call: Call) -> int:
    """Lines, words and bytes."""
    given, paths = options(call)
    for name, data in await _contents(call, paths):
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        shown = [str(value) for letter, value in counts.items() if letter in given or not given]
        call.say(" ".join([*shown, *([] if name == "-" else [name])]))
    return int(bool(call.err))


async def grep(call: Call) -> int:
    """Lines that match; 1 where none does."""
    given, rest = options(call, "e")
    pattern, paths = (given["e"], rest) if "e" in given else (rest[0] if rest else "", rest[1:])
    text = re.escape(pattern) if "F" in given else _translated(pattern) if "E" not in given else pattern
    try:
        wanted = re.compile(text.encode(), re.IGNORECASE if "i" in given else 0)
    except re.error:
        return call.fail(f"bad regex '{pattern}'", 2)
    hits: list[bytes] = []
    for name, data in await _contents(call, paths):
        rows = [row for row in data.splitlines() if bool(wanted.search(row[:4096])) != ("v" in given)]
        hits += [f"{name}:".encode() + row for row in rows] if len(paths) > 1 else rows
    if "q" not in given:
        call.out += b"%d\n" % len(hits) if "c" in given else b"".join(row + b"\n" for row in hits)
    return 0 if hits else 2 if call.err else 1


def _translated(pattern: str) -> str:
    """A basic expression: what is special only behind a backslash there is special without one here."""
    return re.sub(r"\\?[+?|(){}]", lambda at: at[0][1:] if at[0][0] == "\\" else "\\" + at[0], pattern)


async def ls(call: Call) -> int:
    """Names; with -l more, with -a hidden ones, too, with -d of a directory itself."""
    given, paths = options(call)
    for path in paths or ["."]:
        whole = call.shell.path(path)
        try:
            node = call.files.node(whole)
            names = [path] if node.data is not None or "d" in given else call.files.names(whole)
        except FileProblem as problem:
            call.fail(f"{path}: {problem}")
            continue
        base = posixpath.dirname(whole) if names == [path] else whole
        for name in names:
            if "a" in given or "A" in given or not name.startswith(".") or name == path:
                call.say(_row(call.files, name, posixpath.join(base, name)) if "l" in given else name)
    return int(bool(call.err))


def _row(files: Files, name: str, path: str) -> str:
    node = files.node(path)
    kind = "d" if node.data is None else "b" if files.disk(path) else "-"
    bits = "".join(letter if node.mode >> (8 - at) & 1 else "-" for at, letter in enumerate("rwxrwxrwx"))
    return f"{kind}{bits}    1 {node.owner:<8} {node.owner:<8} {len(node.data or b''):>9} {name}"


async def mkdir(call: Call) -> int:
    """Directories; with -p those above, too."""
    given, paths = options(call, "m")
    for path in paths:
        whole = call.shell.path(path)
        parts = whole.strip("/").split("/")
        steps = ["/" + "/".join(parts[: at + 1]) for at in range(len(parts))] if "p" in given else [whole]
        for step in steps:
            if "p" not in given or not call.files.exists(step):
                call.files.make_directory(step)
    return 0


async def rm(call: Call) -> int:
    """Files; with -r whole directories, with -f without complaint about what is not there."""
    given, paths = options(call)
    for path in paths:
        whole = call.shell.path(path)
        if call.files.exists(whole) or "f" not in given:
            call.files.remove(whole, whole="r" in given or "R" in given)
    return 0


async def touch(call: Call) -> int:
    """Files that are there, empty where they were not."""
    for path in options(call)[1]:
        call.files.write(call.shell.path(path), b"", append=True)
    return 0


async def cp(call: Call) -> int:
    """One file to another place."""
    _, paths = options(call)
    if len(paths) != 2:
        return call.fail("copies one file to one place in this guest")
    source, target = (call.shell.path(path) for path in paths)
    if call.files.exists(target) and call.files.node(target).data is None:
        target = posixpath.join(target, posixpath.basename(source))
    call.files.write(target, call.files.read(source))
    return 0


async def mv(call: Call) -> int:
    """One file to another place, gone from the first."""
    status = await cp(call)
    if status == 0:
        call.files.remove(call.shell.path(options(call)[1][0]))
    return status


async def chmod(call: Call) -> int:
    """Rights in digits, or ``+x``."""
    mode, *paths = options(call)[1] or [""]
    for path in paths:
        whole = call.shell.path(path)
        if mode == "+x":
            call.files.set_mode(whole, call.files.node(whole).mode | 0o111)
        elif re.fullmatch("[0-7]{3,4}", mode):
            call.files.set_mode(whole, int(mode, 8))
        else:
            return call.fail(f"invalid mode '{mode}'")
    return 0


async def tee(call: Call) -> int:
    """The input to files and to the output."""
    given, paths = options(call)
    data = await call.typed()
    for path in paths:
        call.files.write(call.shell.path(path), data, append="a" in given)
    call.out += data
    return 0


async def tr(call: Call) -> int:
    """Without -d one character for another; with it, none."""
    given, (first, *second) = options(call)[0], [*options(call)[1], ""]
    data, named = await call.typed(), first.replace("\\n", "\n").encode()
    if "d" in given:
        call.out += bytes(byte for byte in data if byte not in named)
    else:
        new = second[0].replace("\\n", "\n").encode()
        call.out += data.translate(bytes.maketrans(named, new)) if len(named) == len(new) else data
    return 0
