"""The command line: parse, call one library function, print. Results on stdout, all else on stderr."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from tosprog.models.errors import TosprogError, UsageError
from tosprog.pipeline.cli_base import FAILED, INTERRUPTED, OK, PREFIX, WRONG_USAGE, WrongUsage, app, warn
from tosprog.pipeline.cli_config import config_app, configured
from tosprog.pipeline.cli_evaluate import evaluate, evaluate_summaries
from tosprog.pipeline.cli_exchange import export_file, import_file
from tosprog.pipeline.cli_memory import memory_app
from tosprog.pipeline.cli_models import formats_list, models_app
from tosprog.pipeline.cli_run import run
from tosprog.pipeline.cli_summarize import describe, digest, summarize
from tosprog.pipeline.cli_translate import detect, translate

__all__ = ["app", "main"]

# A new command is a function in a file of its kind, and a line here.
app.command()(translate)
app.command()(detect)
app.command()(summarize)
app.command()(describe)
app.command()(digest)
app.command()(run)
app.command("export")(export_file)
app.command("import")(import_file)
app.command()(evaluate)
app.command("evaluate-summaries")(evaluate_summaries)
app.command("formats")(formats_list)
app.add_typer(models_app, name="models")
app.add_typer(config_app, name="config")
app.add_typer(memory_app, name="memory")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("tosprog"))
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version.")
    ] = False,
) -> None:
    """Puts mixed Danish-English documents into one language, and summarises them, on this machine."""


def _stop(code: int) -> NoReturn:
    """Ends without a traceback from a closed pipe at exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and exits with the codes of the design: 0, 1, 2, 3 or 130."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(args=arguments, standalone_mode=False, default_map=configured(), auto_envvar_prefix=PREFIX)
        if code == INTERRUPTED:  # what current versions of Typer make of Ctrl-C
            raise KeyboardInterrupt
        _stop(code if isinstance(code, int) else OK)
    except (KeyboardInterrupt, typer.Abort):
        warn(
            "interrupted; files that were finished are complete, no other was written; run goes on from there"
        )
        _stop(INTERRUPTED)
    except typer.Exit as done:
        _stop(done.exit_code)
    except WrongUsage as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)  # type: ignore[attr-defined]
            _stop(WRONG_USAGE)
        warn(f"{error.format_message().rstrip('.')}; see: tosprog --help")  # type: ignore[attr-defined]
        _stop(WRONG_USAGE)
    except BrokenPipeError:
        _stop(OK)
    except UsageError as error:
        warn(str(error))
        _stop(WRONG_USAGE)
    except TosprogError as error:
        warn(str(error))
        _stop(FAILED)
    except Exception as error:
        if os.environ.get("TOSPROG_DEBUG"):
            raise
        warn(f"unexpected {type(error).__name__}: {error}; for a traceback set TOSPROG_DEBUG=1")
        _stop(FAILED)


if __name__ == "__main__":
    main()
