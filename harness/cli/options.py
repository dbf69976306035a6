"""Options that several verbs take, spelt once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Cloud = Annotated[
    str | None,
    typer.Option("--cloud", metavar="NAME", help="A cloud of clouds.yaml; the argument is its architecture."),
]
Overlay = Annotated[
    list[Path],
    typer.Option("--overlay", metavar="FILE", help="YAML laid over the architecture; can be repeated."),
]
Set = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="PATH=VALUE", help='Change one statement: compute.flavors["m1.tiny"].ram=1024'
    ),
]
Scope = Annotated[
    list[str],
    typer.Option(
        "--scope",
        metavar="KIND=NAME",
        help="Judge this part alone: role=object-storage, area=compute, node=compute-[1:9]; repeatable.",
    ),
]
Runs = Annotated[Path, typer.Option("--runs", metavar="DIR", help="Where run folders are kept.")]
