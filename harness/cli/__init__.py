"""The command line: one file a verb, and here what they share: the app, its errors, its exit codes.

0 is GO (or done), 1 NO-GO, 2 could not judge, 3 wrong usage. Only this part knows lab and reports.
"""

from __future__ import annotations

import sys
import traceback
from importlib import import_module

import typer

from harness import __version__
from harness.errors import DeployDayError, UsageError

ClickException: type[Exception] = typer.BadParameter.__mro__[2]
"""The base of every wrong use of the command line, whichever click typer brings along."""

COULD_NOT_JUDGE = 2
WRONG_USAGE = 3


_COMMANDS = ("run", "plan", "report", "compare", "clean", "describe", "signoff", "ticket")
_GROUPS = ("history", "hosts", "lab", "rings", "site", "waivers")


def build(verb: str = "") -> typer.Typer:
    """The app with all verbs, each from its own module; where one is named, with no other: importing them
    all takes longer than most of them work.
    """
    app = typer.Typer(
        name="deployday",
        help="Is this the cloud that was described, and does it work?",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for name in [verb] if verb in _COMMANDS + _GROUPS else _COMMANDS + _GROUPS:
        module = import_module(f"harness.cli.{name}")
        if name in _GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command()(getattr(module, name))
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"deployday {__version__}")
        raise typer.Exit


def _options(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True)) -> None:
    """Is this the cloud that was described, and does it work?"""


def main(words: list[str] | None = None) -> None:
    """Run one command and exit with its code; every error that a user can act on is one plain message."""
    words = sys.argv[1:] if words is None else words
    command = typer.main.get_command(build(words[0] if words else ""))
    try:
        code = command.main(words, prog_name="deployday", standalone_mode=False)
    except ClickException as error:
        error.show()  # type: ignore[attr-defined]
        code = WRONG_USAGE
    except UsageError as error:
        typer.echo(str(error), err=True)
        code = WRONG_USAGE
    except DeployDayError as error:
        typer.echo(str(error), err=True)
        code = COULD_NOT_JUDGE
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("interrupted", err=True)
        code = COULD_NOT_JUDGE
    except OSError as error:
        typer.echo(f"{error.filename or 'this machine'}: {error.strerror or error}", err=True)
        code = COULD_NOT_JUDGE
    except Exception:  # 1 means NO-GO: a defect of ours must not say that of a cloud
        traceback.print_exc()
        typer.echo("this is a defect of deployday, not of the cloud", err=True)
        code = COULD_NOT_JUDGE
    sys.exit(code if isinstance(code, int) else 0)
