"""A small ``sh``: runs what ``reading`` has read, with the words of the vocabulary."""

from __future__ import annotations

import asyncio
import fnmatch
import posixpath
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from harness.lab.guests.files import Files
from harness.lab.guests.guest import Guest
from harness.lab.guests.reading import Command, Pipeline, SyntaxProblem, Word, closing, read
from harness.lab.guests.tree import FileProblem

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\}|([?$#]))")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_DEPTH = 16
Typed = Callable[[], Awaitable[bytes]]


class Exit(Exception):  # noqa: N818 - the word ``exit``
    """The shell ends here."""


@dataclass
class Done:
    """What came out of a command."""

    status: int = 0
    out: bytes = b""
    err: bytes = b""


async def nothing() -> bytes:
    """An empty input."""
    return b""


@dataclass
class Call:
    """One word with its arguments; what it says goes into ``out`` and ``err``."""

    shell: Session
    name: str
    args: list[str]
    typed: Typed
    out: bytearray = field(default_factory=bytearray)
    err: bytearray = field(default_factory=bytearray)

    @property
    def guest(self) -> Guest:
        """The guest that it runs in."""
        return self.shell.guest

    @property
    def files(self) -> Files:
        """The guest's files, as the user of the shell may see and change them."""
        return self.shell.files

    def say(self, *lines: str) -> int:
        """Lines for the output; returns success."""
        self.out += "".join(line + "\n" for line in lines).encode()
        return 0

    def fail(self, text: str, status: int = 1) -> int:
        """A complaint under the word's own name; returns the status."""
        self.err += f"{self.name}: {text}\n".encode()
        return status


@dataclass
class Session:
    """A shell in a guest. With ``hurry`` nothing waits: what runs while a guest boots."""

    guest: Guest
    user: str
    hurry: bool = False
    depth: int = 0
    status: int = 0
    cwd: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = "/root" if self.user == "root" else f"/home/{self.user}"
        self.cwd = self.cwd or home
        self.env = {"HOME": home, "USER": self.user, "PATH": "/bin:/sbin:/usr/bin:/usr/sbin", **self.env}

    @property
    def files(self) -> Files:
        """The guest's files, as the user may see and change them."""
        return Files(self.guest, self.user)

    async def pause(self, seconds: float) -> None:
        """Wait, unless in a hurry."""
        if not self.hurry:
            await asyncio.sleep(seconds)

    def path(self, given: str) -> str:
        """An absolute path."""
        whole = posixpath.normpath(posixpath.join(self.cwd, given))
        return "/" + whole.lstrip("/")

    async def run(self, line: str, typed: Typed = nothing) -> Done:
        """Run a line or a script; file systems are on their disks when it is done."""
        done = await self.each(line, typed)
        if self.hurry:
            self.guest.sync()
        else:
            await asyncio.to_thread(self.guest.sync)
        return done

    async def each(self, line: str, typed: Typed) -> Done:
        """Run without writing to the disks at the end."""
        try:
            pipelines = read(line)
        except SyntaxProblem as problem:
            return Done(2, err=f"sh: {problem}\n".encode())
        out, err = bytearray(), bytearray()
        if self.depth > _DEPTH:
            return Done(2, err=b"sh: too deep\n")
        try:
            for row in pipelines:
                if (row.joiner == "&&" and self.status) or (row.joiner == "||" and not self.status):
                    continue
                await self._pipeline(row, typed, out, err)
        except Exit:
            pass
        return Done(self.status, bytes(out), bytes(err))

    async def _pipeline(self, row: Pipeline, typed: Typed, out: bytearray, err: bytearray) -> None:
        source = typed
        for at, command in enumerate(row.commands):
            last = at == len(row.commands) - 1
            try:
                done = await self._command(command, source)
            except (FileProblem, SyntaxProblem) as problem:
                done = Done(1, err=f"sh: {problem}\n".encode())
            self.status = done.status
            err += done.err
            if last:
                out += done.out
            else:
                source = _given(done.out)
        self.status = int(not self.status) if row.negated else self.status

    async def _command(self, command: Command, typed: Typed) -> Done:
        words = [text for word in command.words for text in await self._expanded(word)]
        while words and _ASSIGNMENT.match(words[0]):
            name, _, value = words.pop(0).partition("=")
            self.env[name] = value
        targets = [(kind, (await self._expanded(word) or [""])[0]) for kind, word in command.redirects]
        for kind, target in targets:
            if kind == "<":
                typed = _given(self._opened(target))
            elif kind in (">", "2>"):
                self._write(target, b"", append=False)
        call = Call(self, words[0] if words else "", words[1:], typed)
        status = await self._word(call) if words else 0
        return self._redirected(Done(status, bytes(call.out), bytes(call.err)), targets)

    async def _word(self, call: Call) -> int:
        from harness.lab.guests.vocabulary import WORDS

        known = WORDS.get(posixpath.basename(call.name))
        if known is None:
            call.err += f"sh: {call.name}: not found\n".encode()
            return 127
        try:
            return await known(call)
        except FileProblem as problem:
            return call.fail(str(problem))
        except ValueError:
            return call.fail("invalid number or option")

    def _redirected(self, done: Done, targets: list[tuple[str, str]]) -> Done:
        for kind, _ in reversed(targets):
            if kind == "2>&1":
                done = Done(done.status, done.out + done.err)
            elif kind in (">&2", "1>&2"):
                done = Done(done.status, b"", done.err + done.out)
        for kind, target in targets:
            if kind in (">", ">>"):
                self._write(target, done.out, append=True)
                done = Done(done.status, b"", done.err)
            elif kind in ("2>", "2>>"):
                self._write(target, done.err, append=True)
                done = Done(done.status, done.out)
        return done

    def _opened(self, target: str) -> bytes:
        try:
            return self.files.read(self.path(target))
        except FileProblem as problem:
            raise FileProblem(f"can't open {target}: {_short(problem)}") from None

    def _write(self, target: str, data: bytes, *, append: bool) -> None:
        try:
            self.files.write(self.path(target), data, append=append)
        except FileProblem as problem:
            raise FileProblem(f"can't create {target}: {_short(problem)}") from None

    async def _expanded(self, word: Word) -> list[str]:
        """The texts of a word: quoted parts stay whole, others are split, and matched against files."""
        texts, open_ended, globbed = [""], False, False
        for piece in word:
            if piece.kind == "single":
                texts[-1] += piece.text
                open_ended = True
                continue
            value = await self._substituted(piece.text, piece.kind == "double")
            if piece.kind == "double" or ("$" not in piece.text and "`" not in piece.text):
                texts[-1] += value
                open_ended = open_ended or piece.kind == "double" or bool(value)
                globbed = globbed or (piece.kind == "plain" and any(char in value for char in "*?["))
                continue
            parts = value.split()
            if parts:
                texts[-1] += parts[0]
                texts += parts[1:]
                open_ended = True
        if not open_ended and texts == [""]:
            return []
        return [match for text in texts for match in (self._matches(text) if globbed else [text])]

    def _matches(self, text: str) -> list[str]:
        folder, _, pattern = text.rpartition("/")
        try:
            names = self.files.names(self.path(folder or ("/" if text.startswith("/") else ".")))
        except FileProblem:
            return [text]
        found = [name for name in fnmatch.filter(names, pattern) if not name.startswith(".")]
        prefix = text[: len(text) - len(pattern)]
        return [prefix + name for name in sorted(found)] or [text]

    async def _substituted(self, text: str, quoted: bool) -> str:
        made, at = "", 0
        while at < len(text):
            variable = _VARIABLE.match(text, at)
            if quoted and text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\", "$", "`"):
                made, at = made + text[at + 1], at + 2
            elif text.startswith("$(", at) or text[at] == "`":
                end = closing(text, at)
                inner = text[at + 2 : end - 1] if text[at] == "$" else text[at + 1 : end - 1]
                made, at = made + await self._output(inner), end
            elif variable:
                made, at = made + self._value(variable), variable.end()
            else:
                made, at = made + text[at], at + 1
        return made

    def _value(self, found: re.Match[str]) -> str:
        special = {"?": str(self.status), "$": "1", "#": "0"}
        return special[found[3]] if found[3] else self.env.get(found[1] or found[2], "")

    async def _output(self, line: str) -> str:
        inner = replace(self, depth=self.depth + 1, env=dict(self.env))
        done = await inner.each(line, nothing)
        self.status = done.status
        return done.out.decode(errors="replace").rstrip("\n")


def _given(data: bytes) -> Typed:
    async def typed() -> bytes:
        return data

    return typed


def _short(problem: FileProblem) -> str:
    text = str(problem)
    return "nonexistent directory" if text == "No such file or directory" else text


def run_at_boot(guest: Guest, script: bytes) -> list[str]:
    """Run user data as the image's own start does, in no time; returns what it says on the console."""
    running = Session(guest, "root", hurry=True, cwd="/").run(script.decode(errors="replace"))
    try:
        running.send(None)
    except StopIteration as ended:
        done: Done = ended.value
        text = (done.out + done.err).decode(errors="replace")
        return [*text.splitlines()[:200], f"user data: script ended with {done.status}"]
    running.close()
    return ["user data: script waits for something; this guest runs no such script"]
