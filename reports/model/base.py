"""What every part of a report rests on: its words, and what a value is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

VERSION = 1

Go = Literal["GO", "NO-GO", "COULD NOT JUDGE"]
Verdict = Literal["pass", "fail", "blocked", "unknown", "not_applicable", "out_of_reach"]
State = Literal["verified", "deviates", "unknown", "blocked", "out_of_reach", "not_applicable"]
Level = Literal["must", "should", "info"]
CauseKind = Literal["failed", "deviates", "unknown", "ended early"]

VERDICTS: tuple[Verdict, ...] = ("fail", "unknown", "blocked", "pass", "out_of_reach", "not_applicable")
STATES: tuple[State, ...] = ("deviates", "unknown", "blocked", "verified", "out_of_reach", "not_applicable")


class Model(BaseModel):
    """A value: frozen, and without room for a misspelt field."""

    model_config = ConfigDict(frozen=True, extra="forbid")
