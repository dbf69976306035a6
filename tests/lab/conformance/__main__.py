"""``python -m tests.lab.conformance --essex-wire DIR [--conformance-seed N] [FILE …]``:
replay and print the table.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
from pathlib import Path

from tests.lab.conformance.recording import read
from tests.lab.conformance.replay import Report, replay
from tests.lab.conformance.stage import recorded_stage
from tests.lab.conformance.table import table, unanswered
from tests.lab.conformance.tables import IN_PROCESS


async def run(folder: Path, file: str, seed: int) -> Report:
    """Replay one recording in this process."""
    stage, _ = await recorded_stage(folder, file, seed)
    return await replay(file, read(folder, file), stage, seed)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="replay the recordings against the lab, in this process")
    parser.add_argument("--essex-wire", type=Path, required=True, metavar="DIR")
    parser.add_argument("--conformance-seed", type=int, default=None, metavar="N")
    parser.add_argument("files", nargs="*", default=list(IN_PROCESS))
    options = parser.parse_args()
    seed = secrets.randbelow(2**32) if options.conformance_seed is None else options.conformance_seed
    reports = [asyncio.run(run(options.essex_wire, file, seed)) for file in options.files]
    print(table(reports, seed))  # noqa: T201
    print(unanswered(options.essex_wire))  # noqa: T201


if __name__ == "__main__":
    main()
