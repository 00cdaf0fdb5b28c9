"""The command line: commands, `--json`, and how everything that goes wrong ends."""

import os
import sys
from typing import NoReturn

import click

from cli.commands.access import login, logout
from cli.commands.imports import import_
from cli.commands.logs import logs
from cli.commands.runs import plan, run
from cli.commands.workflows import export, workflows
from cli.errors import CliError, Exit
from cli.output import Output


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sailcloth", message="%(version)s")
def cli() -> None:
    """Plan, run and watch workflows of a Sailcloth server.

    The server and the token come from SAILCLOTH_URL and SAILCLOTH_TOKEN, or from `sailcloth login`.

    Exit codes: 0 success, 1 the run failed, 2 usage, 3 refused, 4 unreachable, 5 cancelled.
    """


for command in (login, logout, workflows, import_, plan, run, logs, export):
    cli.add_command(command)


def main(args: list[str] | None = None) -> NoReturn:
    """Never a stack: one sentence, and an exit code."""
    words = sys.argv[1:] if args is None else args
    output = Output(is_json="--json" in words)
    sys.exit(_run(words, output))


def _run(words: list[str], output: Output) -> int:
    try:
        cli.main(words, prog_name="sailcloth", obj=output, standalone_mode=False)
    except CliError as error:
        output.error(error.message, error.code, **error.more)
        return error.exit
    except click.exceptions.NoArgsIsHelpError as error:
        output.note(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        output.error(error.format_message(), "usage")
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read along has enough, such as head(1). Python would complain about it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.OK
