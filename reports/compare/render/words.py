"""What all formats say alike: cells, times, and how they are put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log2

from reports.compare.model import Against, Cell, Clause, Comparison, Figure, Head, Time, Value, Verdicts, Word
from reports.text import count, line, seconds, value

ARROWS = {"slower": "▲", "faster": "▼", "no difference": "=", "inconclusive": "?"}
ORDER: tuple[Word, ...] = ("slower", "faster", "inconclusive", "no difference")


def go(head: Head) -> str:
    """GO, NO-GO, or how many of several runs are GO."""
    if len(head.runs) == 1:
        return head.runs[0].verdict
    return f"GO {head.go} of {len(head.runs)}"


def coverage(head: Head) -> str:
    """Verified clauses over all."""
    return f"{head.verified}/{head.total}"


def figure(row: Figure, column: int) -> str:
    """A figure in one column; what stands for a share of too few is said to be the greatest."""
    told = row.values[column]
    if told is None:
        return "-"
    most = f" (most of {row.samples[column]})" if row.greatest[column] else ""
    return seconds(told) + most


def flips(against: Against) -> str:
    """Flips to worse and better, and what is no flip because it comes and goes."""
    said = [f"{against.worse} worse"] if against.worse else []
    said += [f"{against.better} better"] if against.better else []
    said += [f"{against.flaky} flaky"] if against.flaky else []
    return ", ".join(said) or "none"


def cell(each: Cell) -> str:
    """A verdict, or the rate of each where runs do not agree."""
    if each.verdict is None:
        return "-"
    if not each.counts:
        return each.verdict.replace("_", " ") + (" (carried)" if each.carried else "")
    total = sum(each.counts.values())
    parts = [f"{number} of {total} {verdict.replace('_', ' ')}" for verdict, number in each.counts.items()]
    return ", ".join(parts)


def held(each: Value) -> str:
    """A clause in one column: what counts, and what was described where that is another thing."""
    if not each.there:
        return "-"
    if each.contradicted:
        seen = "absent" if each.observed is None else value(each.observed)
        return f"{seen} (described {value(each.described)})"
    return value(each.described)


def change(clause: Clause, names: Sequence[str]) -> str:
    """``FlatDHCP → VLAN``; of more than two columns, those that are not as the baseline."""
    return turned([held(each) for each in clause.values], names)


def turned(texts: Sequence[str], names: Sequence[str]) -> str:
    """The baseline's text and what it turned into, with the columns where there are more than one."""
    others: dict[str, list[str]] = {}
    for text, name in zip(texts[1:], names[1:], strict=True):
        if text != texts[0]:
            others.setdefault(text, []).append(line(name, 40))
    if len(texts) == 2:
        return " → ".join(texts)
    return f"{texts[0]} → " + "; ".join(f"{text} ({', '.join(where)})" for text, where in others.items())


def ratio(row: Time) -> str:
    """``x 1.23 (1.10 to 1.36)``."""
    if row.low is None or row.high is None:
        return f"x {row.ratio:.2f}"
    return f"x {row.ratio:.2f} ({row.low:.2f} to {_end(row.high)})"


def _end(times: float) -> str:
    """The far end of an interval; what few samples leave open is not spelt out to fifty digits."""
    return f"{times:.2f}" if times < 100 else "over 100"


def basis(row: Time) -> str:
    """What a statement rests on, and what is missing for one."""
    n, m = row.samples
    by_run = row.unit == "run" and row.samples != row.runs
    parts = [f"{row.runs[0]} and {row.runs[1]} runs" if by_run else f"n {n} and {m}"]
    if row.p is not None:
        parts += ["p < 0.001" if row.p < 0.001 else f"p {row.p:.3f}", f"effect {row.effect:+.2f}"]
    if row.word == "inconclusive":
        parts.append(f"{count(row.more, 'more run')} a side" if row.more else "too close to call")
    return ", ".join(parts)


def telling(rows: Iterable[Time], column: int) -> list[Time]:
    """The statements of a column that say something, slower first, then by size; then open ones by ratio."""
    mine = [row for row in rows if row.column == column]
    return sorted(mine, key=lambda row: (ORDER.index(row.word), -max(row.ratio, 1 / max(row.ratio, 1e-9))))


def summary(words: Mapping[Word, int]) -> str:
    """``2 slower, 1 faster, 290 inconclusive``."""
    return ", ".join(f"{words[word]} {word}" for word in ORDER if words.get(word)) or "none compared"


def rules(comparison: Comparison) -> str:
    """How statements about times were made, in one sentence."""
    made = comparison.rules
    said = (
        f"{count(made.tested, 'test')}, level {made.alpha:.0%} for all together (Benjamini-Hochberg); "
        f"less than {made.margin:.0%} or {seconds(made.negligible)} is no difference"
    )
    if made.unsaid:
        said += f"; {count(made.unsaid, 'step')} of single runs not judged"
    return said


def place(times: float) -> str:
    """Where a ratio lies between half and twice, from 3 to 97: further off ones stand at the edge."""
    return f"{(min(max(log2(max(times, 1e-9)), -1.0), 1.0) + 1) * 47 + 3:.2f}"


def tally(rows: Iterable[object], attribute: str, names: Sequence[str]) -> list[tuple[str, str, int]]:
    """For the buttons of a table: each of some words, what it is called, and how many rows it is said of."""
    counts = Counter(getattr(row, attribute) for row in rows)
    return [(name, name, counts[name]) for name in names]


def changed(rows: Sequence[Verdicts], changes: Sequence[str]) -> list[tuple[str, str, int]]:
    """The same for verdicts: first whatever is not as it was."""
    counted = tally(rows, "change", changes)
    return [("!same", "changed", sum(n for name, _, n in counted if name != "same")), *counted]
