"""Reading a command line: words with their quotes, operators, and lists of pipelines.

Of the grammar: quotes, ``$NAME``, ``$?``, ``$(…)``, pipes, ``&&``, ``||``, ``;``, ``!``, redirections.
Compound commands (``if``, ``for``, ``while``) are not there; whoever writes one is told so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_OPERATORS = re.compile(r"&&|\|\||;;|2>&1|>&2|1>&2|2>>|2>|>>|>|<|\||;|&|\n|\(|\)")
_COMPOUND = (
    "if",
    "then",
    "else",
    "fi",
    "for",
    "while",
    "until",
    "do",
    "done",
    "case",
    "esac",
    "{",
    "}",
    "function",
)
_MOST = 64 << 10


class SyntaxProblem(Exception):  # noqa: N818 - the shell's own answer
    """A line that this shell does not read."""


@dataclass
class Piece:
    """A part of a word: ``plain`` is expanded and split, ``double`` expanded only, ``single`` neither."""

    text: str
    kind: str


Word = list[Piece]


@dataclass
class Command:
    """Words, and redirections as (operator, target)."""

    words: list[Word] = field(default_factory=list)
    redirects: list[tuple[str, Word]] = field(default_factory=list)


@dataclass
class Pipeline:
    """Commands joined by pipes; ``joiner`` says when it runs: after all, after success, after failure."""

    commands: list[Command]
    joiner: str = ";"
    negated: bool = False


def read(line: str) -> list[Pipeline]:
    """The pipelines of a line or a script; raises ``SyntaxProblem``."""
    if len(line) > _MOST:
        raise SyntaxProblem("too long")
    found: list[Pipeline] = []
    joiner, current, negated = ";", [Command()], False
    tokens = [*_tokens(line), ";"]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if isinstance(token, list):
            if token[0].kind == "plain" and not current[-1].words:
                if len(token) == 1 and token[0].text == "!" and len(current) == 1:
                    negated = True
                    continue
                if len(token) == 1 and token[0].text in _COMPOUND:
                    raise SyntaxProblem(f'syntax error: unexpected "{token[0].text}"')
            current[-1].words.append(token)
        elif token in ("2>&1", ">&2", "1>&2"):
            current[-1].redirects.append((token, []))
        elif token in (">", ">>", "<", "2>", "2>>"):
            if at >= len(tokens) or not isinstance(tokens[at], list):
                raise SyntaxProblem("syntax error: unexpected newline")
            current[-1].redirects.append((token, tokens[at]))  # type: ignore[arg-type]
            at += 1
        elif token in ("|",):
            _filled(current[-1], token)
            current.append(Command())
        elif token in ("&&", "||", ";", "\n"):
            empty = not current[-1].words and not current[-1].redirects
            if empty and (len(current) > 1 or token in ("&&", "||")):
                raise SyntaxProblem(f'syntax error: unexpected "{token}"')
            if not empty:
                found.append(Pipeline(current, joiner, negated))
                joiner = ";"
            if not empty or token in ("&&", "||"):
                joiner = token if token in ("&&", "||") else ";"
            current, negated = [Command()], False
        else:
            raise SyntaxProblem(f'syntax error: unexpected "{token}"')
    return found


def _filled(command: Command, token: str) -> None:
    if not command.words and not command.redirects:
        raise SyntaxProblem(f'syntax error: unexpected "{token}"')


def _tokens(line: str) -> list[Word | str]:
    tokens: list[Word | str] = []
    word: Word = []
    at = 0
    while at < len(line):
        char = line[at]
        operator = _OPERATORS.match(line, at)
        if char == "#" and not word:
            at = line.find("\n", at) if "\n" in line[at:] else len(line)
        elif char in " \t\r" or (operator and not (operator.group()[0] in "12" and word)):
            if word:
                tokens.append(word)
                word = []
            if operator and char not in " \t\r":
                tokens.append(operator.group())
            at = operator.end() if operator and char not in " \t\r" else at + 1
        else:
            piece, at = _piece(line, at)
            word.append(piece)
    return [*tokens, word] if word else tokens


def _piece(line: str, at: int) -> tuple[Piece, int]:
    char = line[at]
    if char == "'":
        end = line.find("'", at + 1)
        if end < 0:
            raise SyntaxProblem("syntax error: unterminated quoted string")
        return Piece(line[at + 1 : end], "single"), end + 1
    if char == '"':
        return _double(line, at + 1)
    if char == "\\":
        return Piece(line[at + 1 : at + 2].replace("\n", ""), "single"), at + 2
    if line.startswith("$(", at) or char == "`":
        end = closing(line, at)
        return Piece(line[at:end], "plain"), end
    end = at + 1
    while end < len(line) and line[end] not in " \t\r\n'\"\\;|&<>()`#$":
        end += 1
    return Piece(line[at:end], "plain"), end


def _double(line: str, at: int) -> tuple[Piece, int]:
    end, text = at, ""
    while end < len(line) and line[end] != '"':
        if line[end] == "\\" and line[end + 1 : end + 2] in ('"', "\\", "$", "`"):
            # A kept backslash tells expansion that the next character is meant as it is.
            text += line[end : end + 2]
            end += 2
        elif line.startswith("$(", end) or line[end] == "`":
            after = closing(line, end)
            text += line[end:after]
            end = after
        else:
            text += line[end]
            end += 1
    if end >= len(line):
        raise SyntaxProblem("syntax error: unterminated quoted string")
    return Piece(text, "double"), end + 1


def closing(line: str, at: int) -> int:
    """Behind the end of the ``$(…)`` or the backquotes that begin at ``at``."""
    if line[at] == "`":
        end = line.find("`", at + 1)
        if end < 0:
            raise SyntaxProblem("syntax error: EOF in backquote substitution")
        return end + 1
    depth = 0
    for end in range(at + 1, len(line)):
        depth += {"(": 1, ")": -1}.get(line[end], 0)
        if depth == 0:
            return end + 1
    raise SyntaxProblem("syntax error: missing )")
