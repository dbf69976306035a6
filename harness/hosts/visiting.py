"""Visits to many hosts at once: each is entered once, asked once, and what came of it is kept."""

from __future__ import annotations

import secrets as chance
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from pydantic import BaseModel, ConfigDict

from harness.errors import OutOfReach
from harness.hosts.errors import HostError, HostUnreachable
from harness.hosts.facts.model import Facts
from harness.hosts.facts.questions import Questions
from harness.hosts.facts.reading import raw, read_facts
from harness.hosts.facts.script import script
from harness.hosts.facts.secrets import Secrets
from harness.hosts.node import Node

AT_ONCE = 32
LARGEST_ANSWER = 8 * 1024 * 1024
ANSWER_TIMEOUT = 40.0
"""Seconds that a host has for its whole answer; each part of the script has its own, shorter bound."""
_NO_SHELL = (126, 127)
"""How a login ends that may run no shell."""


class Visit(BaseModel):
    """What came of one visit.

    ``refused`` says why the host could not be entered, ``mute`` why this access asks it nothing, ``torn`` why
    its answer is not whole; ``row`` is the record's row that shows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    node: str
    over: bool = True
    banner: str = ""
    row: str = ""
    refused: str = ""
    mute: str = ""
    torn: str = ""
    facts: Facts | None = None


Told = Callable[[Visit, str], None]
"""Takes a visit as far as it has come, and the raw answer with its secrets cut out."""


def visit(
    open_: Callable[[str], Node], asked: Mapping[str, Questions], secrets: Secrets, told: Told
) -> dict[str, Visit]:
    """Visit every host, 32 at once, and give node → visit. ``told`` hears of each when it has been entered
    and again when it has answered; it is called from several threads.
    """

    def one(name: str) -> Visit:
        return _visit(name, open_, asked[name], secrets, told)

    with ThreadPoolExecutor(min(AT_ONCE, max(1, len(asked)))) as pool:
        return dict(zip(asked, pool.map(one, asked), strict=True))


def _visit(
    name: str, open_: Callable[[str], Node], questions: Questions, secrets: Secrets, told: Told
) -> Visit:
    text = ""
    try:
        node = open_(name)
        entered = Visit(node=name, over=False, banner=node.reach())
        told(entered, "")
        found, text = _asked(node, entered, questions, secrets)
    except HostUnreachable as error:
        found = Visit(node=name, refused=str(error), row=_first(error))
    except OutOfReach as error:
        found = Visit(node=name, mute=str(error))
    told(found, text)
    return found


def _asked(node: Node, entered: Visit, questions: Questions, secrets: Secrets) -> tuple[Visit, str]:
    nonce = chance.token_hex(12)
    sent = time.time()
    try:
        answer = node.ask(script(questions, nonce), limit=LARGEST_ANSWER, timeout=ANSWER_TIMEOUT)
    except HostUnreachable:
        raise
    except HostError as error:
        return entered.model_copy(update={"over": True, "torn": str(error), "row": _first(error)}), ""
    if nonce not in answer.text:
        said = " ".join((answer.error or answer.text or answer.why or "nothing").split())[:300]
        part = "mute" if answer.status in _NO_SHELL else "torn"
        return entered.model_copy(update={"over": True, part: f"it says {said}", "row": answer.row}), ""
    facts = read_facts(
        node.name, answer.text, questions, nonce, secrets, sent, time.time(), complete=answer.complete
    )
    torn = "" if answer.complete else answer.why
    found = {"over": True, "row": answer.row, "torn": torn, "facts": facts}
    return entered.model_copy(update=found), raw(answer.text, secrets)


def _first(error: HostError) -> str:
    return error.cites[0] if error.cites else ""
