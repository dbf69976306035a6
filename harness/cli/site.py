"""``deployday site``: write a site file to fill in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from harness.arch import Architecture, load
from harness.errors import Problem, UsageError

app = typer.Typer(help="The file that binds an architecture to one real cloud.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `site init` a verb of its own."""


@app.command()
def init(
    architecture: Annotated[
        str, typer.Argument(metavar="ARCH", help="A file, or a shipped name: essex/six-node")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("site.yaml"),
    cloud: Annotated[
        str, typer.Option("--cloud", metavar="NAME", help="The cloud's name in clouds.yaml.")
    ] = "",
) -> None:
    """Write a site for an architecture, with a line for every node; what is optional stands in comments."""
    arch = load(architecture)
    if output.exists():
        raise UsageError(
            Problem(where=str(output), message="exists already", hint="name another with --output")
        )
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(draft(arch, _reference(architecture, output), cloud or arch.name), encoding="utf-8")
    except OSError as error:
        raise UsageError(Problem(str(output), f"cannot be written: {error.strerror}")) from None
    typer.echo(f"wrote {output}: fill in the addresses of {len(arch.model.nodes)} nodes,")
    typer.echo(f"then ask: deployday plan {output}")


def _reference(architecture: str, output: Path) -> str:
    """How the site names its architecture: a shipped name, or a path from the folder of the site."""
    path = Path(architecture)
    if not path.is_file():
        return architecture
    below = path.resolve()
    home = output.parent.resolve()
    return str(below.relative_to(home) if below.is_relative_to(home) else below)


def draft(arch: Architecture, reference: str, cloud: str) -> str:
    """The text of a site file: valid as it is, hosts to be filled in."""
    nodes = "\n".join(
        f"#   {_scalar(name)}: 192.0.2.{number % 254 + 1}" for number, name in enumerate(arch.model.nodes)
    )
    return _TEMPLATE.format(
        arch=arch.name,
        name=_scalar(cloud),
        architecture=_scalar(reference),
        other=_scalar(f"{cloud}-other"),
        waivers=_scalar(f"{arch.name}.waivers.yaml"),
        nodes=nodes,
    )


def _scalar(text: str) -> str:
    """A text as YAML reads it back; quoted where it might be taken for something else."""
    plain = re.fullmatch(r"[A-Za-z0-9_/][A-Za-z0-9_/.-]*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


_TEMPLATE = """\
# Binds {arch} to one cloud. No secret belongs here:
# passwords stay in clouds.yaml, OS_* or your agent.
name: {name}                # the series that runs belong to
architecture: {architecture}
cloud: {name}               # an entry of clouds.yaml; without this line OS_* or OS_CLOUD

# Where the nodes are. Without hosts, whatever needs SSH is out of reach.
# hosts:
{nodes}
# (or a file, such as an inventory: `hosts: {{from: inventory.ini}}`)
# ssh: {{user: ops, key_file: ~/.ssh/id_rsa}}

# other_cloud: {other}     # a second tenant, where {name} is no administrator
# waivers: {waivers}
"""
