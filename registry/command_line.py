"""What the command lines of the three packages have in common: how a command ends, and how its help looks."""

from collections.abc import Mapping
from typing import Any

import click

# For a group; its commands inherit them.
SETTINGS = {"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 120}


def run(
    commands: click.Group, program: str, arguments: list[str] | None, exit_codes: Mapping[type[Exception], int]
) -> int:
    """Run one of several commands.

    Args:
        commands: Each returns its exit code, or None for 0.
        program: How people call them, such as `python -m registry`.
        arguments: What follows; None: as this process was called.
        exit_codes: Errors that are told on stderr in words, each with its exit code; the first that fits counts.

    Returns:
        Exit code: the command's or the error's own; 2 bad usage; 130 interrupted by Ctrl-C.

    Raises:
        SystemExit: With 1, where whoever reads stdout has seen enough (`| head`).
    """
    try:
        code: Any = commands.main(arguments, program, standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return 130
    except tuple(exit_codes) as error:
        click.echo(f"error: {error}", err=True)
        return next(code for kind, code in exit_codes.items() if isinstance(error, kind))
    return int(code or 0)
