"""What the command lines of the three packages have in common: how a command ends and prints, how its help looks."""

import io
import os
import sys
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
        Exit code: the command's or the error's own; 2 bad usage; 1 the system's trouble; 130 interrupted by Ctrl-C.

    Raises:
        SystemExit: With 1, where whoever reads stdout has seen enough (`| head`).
    """
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal has no letters for
    try:
        os.getcwd()  # paths are relative to it
    except OSError:
        click.echo("error: the folder that this was started in is gone; change to one that is there", err=True)
        return 1
    try:
        code: Any = commands.main(arguments, program, standalone_mode=False)
    except click.UsageError as error:
        shown = io.StringIO()
        error.show(shown)
        echo(shown.getvalue().removesuffix("\n"), err=True)
        return error.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return 130
    except tuple(exit_codes) as error:
        echo(f"error: {error}", err=True)
        return next(code for kind, code in exit_codes.items() if isinstance(error, kind))
    except OSError as error:  # the machine's: a full disk, a folder that may not be written to
        echo(f"error: {error}", err=True)
        return 1
    return int(code or 0)


def echo(text: str, *, err: bool = False) -> None:
    """Print for people, on stdout or stderr: names and cells come from outside, and a terminal obeys what they hold."""
    click.echo("\n".join(map(printable, text.split("\n"))), err=err)


def printable(text: str) -> str:
    r"""A text in which all that does not show in print is escaped, as `\u001b`; the ends of lines, too."""
    return "".join(letter if letter.isprintable() else _escaped(ord(letter)) for letter in text)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _open_what_is_closed() -> None:
    """Open stdin, stdout and stderr where they are closed: else the next file would be one, and be written to."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdin = sys.stdin or open(os.devnull)
    sys.stdout = sys.stdout or open(os.devnull, "w")
    sys.stderr = sys.stderr or open(os.devnull, "w")
