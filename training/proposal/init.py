"""`python -m training init`: a dataset file for a new table, proposed, tried and written for people to review."""

import csv
import gc
import io
import math
import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import click

from registry.command_line import echo, printable
from registry.store.model_store import MODEL_NAME, MODEL_NAME_RULE
from training.config import parse_dataset_file
from training.proposal.columns import Column
from training.proposal.dataset_toml import write_toml
from training.proposal.decision import AS_IT_IS, choices
from training.proposal.proposal import InitOptions, Proposal, propose
from training.proposal.quoted import quoted
from training.table.csv_format import read_unknown
from training.table.dataset import InvalidData, load_dataset


def _number(text: str) -> float:
    try:
        # As its cells may be written: 50%, 10/20.
        number = float(text.strip().removesuffix("%").partition("/")[0].replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise click.BadParameter("must be a number")
    return number


def _names(text: str) -> list[str]:
    return [name for name in next(csv.reader(io.StringIO(text)), []) if name.strip()]


def _model_name(text: str) -> str:
    if not MODEL_NAME.fullmatch(text):
        raise click.BadParameter(MODEL_NAME_RULE)
    return text


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: it would look through all cells again and again, and there are no cycles among them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@click.command()
@click.argument("table", type=Path, metavar="TABLE")
@click.option("--target", metavar="COLUMN", help="The column to predict.")
@click.option("--at-least", type=_number, metavar="N", help="Marks from here up pass.")
@click.option("--at-most", type=_number, metavar="N", help="Marks up to here pass, where less is better.")
@click.option(
    "--positive",
    multiple=True,
    metavar="VALUE",
    help="A value that passes, where its name does not say so; for several, several times.",
)
@click.option(
    "--ignore",
    multiple=True,
    type=_names,
    metavar="A,B",
    help='Columns to leave out; "A,1",B quotes one.',
)
@click.option("--id", metavar="COLUMN", help="Names the student, where one has several rows.")
@click.option("--time", metavar="COLUMN", help="Names the period, such as a school year.")
@click.option("--prior-mark", metavar="COLUMN", help="An earlier mark to hold the network against.")
@click.option("--encoding", metavar="NAME", help="What the table is written in; found out.")
@click.option("--sheet", metavar="NAME", help="Of a workbook; the only one with cells, or the first.")
@click.option(
    "--demographics",
    type=click.Choice(["audit", "features"]),
    default="audit",
    help="Whether who a student is serves to compare errors only, or to predict.",
)
@click.option(
    "--help-share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="X",
    help="The share of the students that can be helped: those most at risk.",
)
@click.option("--name", type=_model_name, default="pass_fail", help="Of the model.")
@click.option("--force", is_flag=True, help="Replace the output file.")
@click.option("-o", "--output", required=True, metavar="DATASET.toml", help="The file to write; - prints it instead.")
@_uncollected()
def init(
    table: Path, output: str, name: str, force: bool, encoding: str | None, sheet: str | None, **options: Any
) -> None:
    """Write a dataset file for a table, to review."""
    given = [key for key in ("at_least", "at_most", "positive") if options[key] not in (None, ())]
    if len(given) > 1:
        first, second = (f"--{key.replace('_', '-')}" for key in given[:2])
        raise click.UsageError(f"{first} is not allowed with {second}")
    options["ignore"] = tuple(chain.from_iterable(options["ignore"]))
    printed = output == "-"
    path = Path("stdout.toml" if printed else output)
    if path.suffix != ".toml":
        raise InvalidData(f"{path}: the name of a dataset file ends in .toml")
    if not printed and os.path.exists(path) and not force:
        raise InvalidData(f"{path} is there already; --force replaces it")
    named = [options[key] for key in ("id", "time", "prior_mark") if options[key] is not None]
    expected = (*named, *options["ignore"], *options["positive"])
    content, form = read_unknown(table, encoding, options["target"], sheet, expected)
    beside = f"; {form.choice}; --sheet names another" if form.choice else ""
    if form.guessed is not None:
        beside += f"; read as {form.encoding}, which is a guess; --encoding names another"
    if options["target"] is None:
        names = ", ".join(map(quoted, content.columns))
        raise InvalidData(f"{table}: name the column to predict with --target COLUMN: {names}{beside}")
    try:
        proposal = propose(content, form, InitOptions(**options))
    except InvalidData as error:
        raise InvalidData(f"{table}: {error}{beside}") from error
    # Not the CSV itself resolved: where it is a link, it is the link that was named.
    data = os.path.relpath(table.parent.resolve() / table.name, path.parent.resolve())
    if not data.isprintable():
        raise InvalidData(f"{data!r}: a dataset file can't name a path that can't be printed")
    text = write_toml(proposal, name, Path(data).as_posix())
    dataset_file = parse_dataset_file(text, path)
    faults = None
    try:
        load_dataset(dataset_file)
    except InvalidData as error:
        faults = str(error)
    if printed:
        click.echo(text, nl=False)
    else:
        try:
            with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise InvalidData(f"{path}: {error.strerror}") from error
    echo("\n".join(map(printable, _summary(proposal))), err=printed)
    if faults is not None:
        echo(f"`run` will refuse the table until this is mended:\n{faults}", err=True)
    if not printed:
        echo(f"review {path}, then: python -m training run {shlex.quote(str(path))}")


def _summary(proposal: Proposal) -> list[str]:
    features, ignored, audited = proposal.of("feature"), proposal.of("ignored"), proposal.of("audit_only")
    lines = [f"{proposal.num_rows} rows, {proposal.num_positive} of which pass; {proposal.why}"]
    if (shown := proposal.format.guessed) is not None:
        guess = f"read as {proposal.format.encoding}, which is a guess: {quoted(shown)}"
        lines.append(f"{guess}; --encoding names another")
    if proposal.format.choice:
        lines.append(f"{proposal.format.choice}; --sheet names another")
    if proposal.num_without_target:
        lines.append(f"{proposal.num_without_target} rows without a target are passed over")
    for other in proposal.other_rows:
        where = f"line{'s' if len(other.lines) > 1 else ''} {', '.join(map(str, other.lines))}"
        lines.append(f"no student's, and left out: {where}, {quoted(other.cell)}")
    lines.append(f"{len(features)} features: {', '.join(quoted(column.name) for column in features)}")
    if audited:
        lines.append(f"to compare errors by only: {', '.join(quoted(column.name) for column in audited)}")
    if ignored:
        lines += ["left out:", *(f"  {quoted(column.name)}: {column.reason}" for column in ignored)]
    asked: dict[str, list[str]] = {}
    for column in proposal.columns:
        for question in column.questions:
            asked.setdefault(question.partition("?")[0], []).append(quoted(column.name))
    on_the_whole = (*proposal.target_questions, *proposal.questions, _about_actionable(features))
    titles = [(column.name, column.feature.title) for column in features if column.feature and column.feature.title]
    if titles:
        shown = ", ".join(f"{quoted(title)} ({quoted(name)})" for name, title in titles)
        on_the_whole = (*on_the_whole, f"what do people call these? {shown}; title, group and labels say it")
    lines += ["to be decided:", *(f"  {question}" for question in on_the_whole)]
    lines += [f"  {question}? {', '.join(names)}" for question, names in asked.items()]
    lines += [f"  {hint.entry}: {hint.when}" for hint in proposal.hints]
    if proposal.options.help_share is None:
        lines += [f"  {AS_IT_IS}:", *(f"    {choice}" for choice in choices(proposal.num_rows))]
    return lines


def _about_actionable(features: Sequence[Column]) -> str:
    """What a student or the school can change, as a question: what is proposed goes by names alone."""
    proposed = [(column.name, column.feature.actionable) for column in features if column.feature]
    shown = ", ".join(f"{quoted(name)} ({direction})" for name, direction in proposed if direction)
    if not shown:
        return 'what can a student or the school change? no name says so; actionable = "increase" (decrease, both) does'
    return f"can a student or the school change these, and these alone? {shown}"
