"""What a host is asked for its logs: POSIX sh, no file left, and bounded in files, bytes and lines.

Every frame is a line that begins with the nonce: ``clock SECONDS ZONE``, ``file SIZE PATH``, ``denied PATH``,
``first LINE``, ``end``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_FILES = 40
MOST_ENTRIES = 200
"""Entries of a file that are brought along where only those with errors are wanted."""
_PLAIN = re.compile(r"[A-Za-z0-9/._@*?=+,%~-]")
_SCRIPT = r"""N=NONCE
LC_ALL=C; export LC_ALL
printf '%s clock %s %s\n' "$N" "$(date +%s)" "$(date +%z)"
count=0
show() {
  [ -f "$1" ] || return 0
  count=$((count + 1))
  [ "$count" -le FILES ] || return 0
  if [ ! -r "$1" ]; then printf '%s denied %s\n' "$N" "$1"; return 0; fi
  printf '%s file %s %s\n' "$N" "$(wc -c < "$1")" "$1"
  tail -c BYTES "$1" | PICK
  printf '\n%s end\n' "$N"
}
for f in PATTERNS; do
  show "$f.1"
  show "$f"
done
"""
_PICK = r"""awk -v N="$N" '
function put() { if (hit) { kept[total % ENTRIES] = text; total++ } text = ""; n = 0; hit = 0 }
function begins(s) {
  return s ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T]/ || s ~ /^[(][^)]*[)]: *[0-9]/ ||
    s ~ /^[A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:/ || s ~ /^[0-9][0-9][0-9][0-9][0-9][0-9] [ 0-9][0-9]:/ ||
    s ~ /^=[A-Z]+ REPORT/
}
{ head = substr($0, 1, 160) }
begins(head) {
  if (!seen) { print N " first " head; seen = 1 }
  if (!(head ~ / TRACE / && hit)) put()
  if (head ~ /ERROR|CRITICAL|TRACE|FATAL|Traceback/) hit = 1
}
/Traceback/ { hit = 1 }
{ if (n < 60) { text = text (n ? "\n" : "") substr($0, 1, 1000); n++ } }
END { put(); for (i = (total > ENTRIES ? total - ENTRIES : 0); i < total; i++) print kept[i % ENTRIES] }'"""


def script(patterns: Iterable[str], nonce: str, *, size: int, errors: bool = False) -> str:
    """The script that shows the last ``size`` bytes of each file, and of the one that was rotated before it;
    with ``errors`` it brings only entries that tell of one.
    """
    pick = _PICK.replace("ENTRIES", str(MOST_ENTRIES)) if errors else "cat"
    named = " ".join(map(quoted, dict.fromkeys(patterns)))
    words = {"NONCE": nonce, "FILES": str(MOST_FILES), "BYTES": str(size), "PATTERNS": named, "PICK": pick}
    text = _SCRIPT
    for word, value in words.items():
        text = text.replace(word, value, 1)
    return text


def quoted(pattern: str) -> str:
    """A pattern whose stars and question marks the shell sees, and nothing else."""
    return "".join(sign if _PLAIN.match(sign) else f"\\{sign}" for sign in pattern if sign not in "\n\r\0")
