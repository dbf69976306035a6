"""``deployday site``: write a site file to fill in."""

from __future__ import annotations

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
    reference = str(Path(architecture).resolve()) if Path(architecture).is_file() else architecture
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(draft(arch, reference, cloud or arch.name), encoding="utf-8")
    typer.echo(f"wrote {output}: fill in the addresses of {len(arch.model.nodes)} nodes,")
    typer.echo(f"then ask: deployday plan {output}")


def draft(arch: Architecture, reference: str, cloud: str) -> str:
    """The text of a site file: valid as it is, hosts to be filled in."""
    nodes = "\n".join(f"#   {name}: 192.0.2.{number}" for number, name in enumerate(arch.model.nodes, 1))
    return _TEMPLATE.format(name=cloud, architecture=reference, cloud=cloud, nodes=nodes)


_TEMPLATE = """\
# Binds {architecture} to one cloud. No secret belongs here:
# passwords stay in clouds.yaml, OS_* or your agent.
name: {name}                # the series that runs belong to
architecture: {architecture}
cloud: {cloud}               # an entry of clouds.yaml; without this line OS_* or OS_CLOUD

# Where the nodes are. Without hosts, whatever needs SSH is out of reach.
# hosts:
{nodes}
# or: hosts: {{from: inventory.ini}}
# ssh: {{user: ops, key_file: ~/.ssh/id_rsa}}

# other_cloud: {cloud}-other     # a second tenant, where {cloud} is no administrator
# waivers: {name}.waivers.yaml
# owners: {{objects: storage-team@example.net}}
"""
