"""The command line: ``ptreach``.

Exit codes: 0 done; 2 a fault of the input or the command line, said in one line; 1 a fault of ours, with its
traceback; 130 stopped by Ctrl-C.
"""

import difflib
import gc
import logging
import re
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from ptreach import __version__
from ptreach.cli import (
    check,
    cif,
    compare,
    delivered,
    doctor,
    explain,
    isochrones,
    matrix,
    networks,
    packs,
    run,
    towns,
)
from ptreach.cli.console import (
    DONE,
    OUR_FAULT,
    STOPPED,
    YOUR_INPUT,
    prepare_streams,
    say,
    set_up_logging,
    tell,
    tell_bug,
    tell_fault,
)
from ptreach.cli.options import Settings
from ptreach.errors import InputError
from ptreach.machine import fault_of_machine, memory_limit
from ptreach.memory import collect_seldom

_log = logging.getLogger(__name__)

_ROUTING: Final = frozenset({"demo", "build", "run", "matrix", "isochrones", "explain"})
"""Commands that load every library, so that a small limit of memory is refused before any work."""

app = typer.Typer(
    name="ptreach",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        say(f"ptreach {__version__}")
        raise typer.Exit


@app.callback()
def _before_any_command(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder that holds networks/; default: PTREACH_HOME, else here or above."
        ),
    ] = None,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose", "-v", count=True, show_default=False, help="Log each stage; twice: log everything."
        ),
    ] = 0,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress; errors only.")] = False,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Public-transport accessibility of towns: travel times, isochrones, deprivation."""
    set_up_logging(-1 if quiet else verbose)
    if limited := memory_limit():
        if ctx.invoked_subcommand in _ROUTING:
            raise InputError(limited, remedy="raise the limit")
        _log.warning("%s: it may end without a word", limited)
    ctx.obj = Settings(home=home, quiet=quiet)


for command in (
    packs.demo,
    networks.fetch,
    check.check,
    networks.build,
    run.run,
    packs.profile,
    delivered.verify,
    delivered.publish,
    matrix.matrix,
    isochrones.isochrones,
    explain.explain,
    compare.compare,
    cif.cif,
    towns.origin,
    towns.streets,
    towns.new,
    doctor.doctor,
):
    app.command(command.__name__)(command)


def _fault(message: str) -> int:
    """Print a fault of the input in one line and return its exit code."""
    tell_fault(message)
    return YOUR_INPUT


def _usage(error: typer.TyperException) -> str:
    """Return what is wrong with the command line, and where to look."""
    message = error.format_message().replace("Value error, ", "").rstrip()
    option = getattr(error, "option_name", None)
    if option in {"--home", "--verbose", "-v", "--quiet", "-q", "--version"}:
        return f"{message}. It stands before the command: ptreach {option} ..."
    ctx = getattr(error, "ctx", None)
    if meant := _path_meant(message):
        message = f"{message.rstrip('.')}. Did you mean '{meant.as_posix()}'?"
    end = "" if message.endswith("?") else "."
    return f"{message.rstrip('.')}{end} See {ctx.command_path if ctx else 'ptreach'} --help."


def _path_meant(message: str) -> Path | None:
    """Return the path that may be meant by one that is not there: a town by its name, or a name like it."""
    found = re.search(r"'([^']+)' does not exist", message)
    if found is None:
        return None
    given = Path(found[1])
    town = Path("config", f"{given.stem}.toml")
    if given.name == found[1] and town.is_file():
        return town
    try:
        # ends that all have in common, such as .toml, would make any two names alike
        there = {path.stem: path.name for path in sorted(given.parent.iterdir())}
    except OSError:
        return None
    close = difflib.get_close_matches(given.stem, there, 1)
    return given.with_name(there[close[0]]) if close else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments`, else on those of the process; return the exit code."""
    prepare_streams()
    collect_seldom()
    try:
        code = app(args=arguments, prog_name="ptreach", standalone_mode=False)
    except InputError as error:
        return _fault(str(error))
    except typer.TyperException as error:
        return _fault(_usage(error))
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except Exception as error:  # noqa: BLE001  whatever else comes is ours, and is said to be
        if (fault := fault_of_machine(error)) is not None:
            return _fault(str(fault))
        tell_bug(traceback.format_exc())
        return OUR_FAULT
    if code == STOPPED:
        tell("ptreach: stopped.")
    return code if isinstance(code, int) else DONE


def program() -> int:
    """Run the command line as a program, which ends with it; return the exit code."""
    code = main()
    gc.freeze()  # else Python looks through all that is left as it ends, for a quarter of a second
    return code
