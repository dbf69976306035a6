"""Read a hostile file in a process with little room: ``python hostile.py ring|builder FILE MEGABYTES``."""

import resource
import sys
from pathlib import Path

from harness.rings import RingError
from harness.rings.builders import builder
from harness.rings.formats import ring

if __name__ == "__main__":
    kind, path, megabytes = sys.argv[1:]
    data = Path(path).read_bytes()
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    room = used + int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    try:
        {"ring": ring, "builder": builder}[kind](data)
    except RingError as error:
        sys.stdout.write(f"refused: {error}")
    else:
        sys.stdout.write("read")
