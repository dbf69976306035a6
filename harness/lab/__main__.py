"""``python -m harness.lab serve FOLDER`` and ``python -m harness.lab swift``: the two processes of a lab."""

from __future__ import annotations

import argparse

from harness.lab.process import die_with_parent


def main() -> None:
    """Run one of the lab's own processes; ``deployday lab`` is the command for people."""
    parser = argparse.ArgumentParser(prog="python -m harness.lab", description=main.__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    swift = verbs.add_parser("swift", help="the process that has Swift imported and forks its servers")
    swift.add_argument("--parent", type=int, required=True, help="process id of the control plane")
    serve = verbs.add_parser("serve", help="the control plane of a lab that `deployday lab up` has laid out")
    serve.add_argument("folder")
    serve.add_argument("--control-fd", type=int, required=True, help="the listening control socket")
    serve.add_argument("--parent", type=int, help="end when this process, the one that starts it, ends")
    chosen = parser.parse_args()
    if chosen.verb == "swift":
        die_with_parent(chosen.parent)
        from harness.lab.objects.parent import serve as serve_swift

        serve_swift()
    else:
        if chosen.parent:
            die_with_parent(chosen.parent)
        from harness.lab.server import serve as serve_lab

        serve_lab(chosen.folder, chosen.control_fd)


if __name__ == "__main__":
    main()
