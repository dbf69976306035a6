"""What the lab's services share on the wire: answers, error pages, routing, the token guard, bodies."""

from harness.lab.http.answers import Stop, answer, crash, json_answer, text_error
from harness.lab.http.bodies import read_body, read_json
from harness.lab.http.guard import Guard, context_of
from harness.lab.http.routes import Routes

__all__ = [
    "Guard",
    "Routes",
    "Stop",
    "answer",
    "context_of",
    "crash",
    "json_answer",
    "read_body",
    "read_json",
    "text_error",
]
