"""How much of a body the record keeps: small ones whole, of large ones the head, a digest and the length."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from harness.evidence.redaction import Redactor

WHOLE = 2048
_SEARCHED = 256 * 1024


def short(body: Any, redactor: Redactor) -> Any:
    """A body without secrets: text as it is up to 2 kB, else ``{"head", "digest", "len"}``.

    Heads of what is no text are base64. Secrets are cut out before the head is, so that none is cut in two.
    The digest (SHA-256) is over the body as it would be recorded whole: over one that held no secret, that
    is the body itself. ``len`` is in bytes and always the body's own.
    """
    if isinstance(body, (bytes, bytearray, memoryview)):
        raw = bytes(body)
        try:
            text, binary = raw.decode("utf-8"), False
        except UnicodeDecodeError:
            text, binary = raw.decode("latin-1"), True
    elif isinstance(body, str):
        text, binary, raw = body, False, body.encode("utf-8", "surrogatepass")
    else:
        return body
    if len(raw) <= WHOLE and not binary:
        return text
    encoding = "latin-1" if binary else "utf-8"
    head = redactor.text(text[: 4 * WHOLE])
    if len(raw) <= _SEARCHED:
        cleaned = redactor.text(text)
        recorded = (
            raw if cleaned == text else cleaned.encode(encoding, "surrogatepass" if not binary else "replace")
        )
    else:
        recorded = raw
    shown = base64.b64encode(head[:256].encode(encoding, "replace")).decode() if binary else head[:WHOLE]
    return {"head": shown, "digest": hashlib.sha256(recorded).hexdigest(), "len": len(raw), **_coded(binary)}


def _coded(binary: bool) -> dict[str, str]:
    return {"encoding": "base64"} if binary else {}
