"""`python -m training init`: a dataset file for a new table, proposed, tried and written for people to review."""

import argparse
import csv
import io
import math
import os
import shlex
import sys
from pathlib import Path

from registry.store.model_store import MODEL_NAME, MODEL_NAME_RULE
from training.config import parse_dataset_file
from training.proposal.dataset_toml import write_toml
from training.proposal.proposal import Proposal, Wishes, propose
from training.proposal.toml_text import toml_string
from training.table.csv_format import read_unknown
from training.table.dataset import InvalidData, load_dataset


def add_init(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser("init", help="write a dataset file for a table, to review")
    parser.add_argument("csv", type=Path, metavar="CSV", help="the table; it stays where it is")
    parser.add_argument("--target", required=True, metavar="COLUMN", help="the column to predict")
    rule = parser.add_mutually_exclusive_group()
    rule.add_argument("--at-least", type=_number, metavar="N", help="marks from here up pass")
    rule.add_argument(
        "--positive",
        action="append",
        default=[],
        metavar="VALUE",
        help="a value that passes, where its name does not say so; for several, several times",
    )
    parser.add_argument(
        "--ignore",
        type=_names,
        action="extend",
        default=[],
        metavar="A,B",
        help='columns to leave out; "A,1",B quotes one',
    )
    parser.add_argument("--id", metavar="COLUMN", help="names the student, where one has several rows")
    parser.add_argument("--time", metavar="COLUMN", help="names the period, such as a school year")
    parser.add_argument("--prior-mark", metavar="COLUMN", help="an earlier mark to hold the network against")
    parser.add_argument(
        "--demographics",
        choices=("audit", "features"),
        default="audit",
        help="whether who a student is serves to compare errors only (default) or to predict",
    )
    parser.add_argument("--name", type=_model_name, default="pass_fail", help="of the model; default: pass_fail")
    parser.add_argument("--force", action="store_true", help="replace the output file")
    parser.add_argument(
        "-o", "--output", required=True, metavar="DATASET.toml", help="the file to write; - prints it instead"
    )


def init(options: argparse.Namespace) -> int:
    """Propose a dataset file and write it.

    Returns:
        Exit code: 0 written; 2 nothing could be, the reason is on stderr.
    """
    try:
        return _init(options)
    except InvalidData as error:
        message = str(error)
    except OSError as error:
        message = f"{options.output}: {error.strerror}"
    print(f"error: {message}", file=sys.stderr)
    return 2


def _init(options: argparse.Namespace) -> int:
    printed = options.output == "-"
    output = Path("stdout.toml" if printed else options.output)
    if output.suffix != ".toml":
        raise InvalidData(f"{output}: the name of a dataset file ends in .toml")
    if not printed and output.exists() and not options.force:
        raise InvalidData(f"{output} is there already; --force replaces it")
    table, form = read_unknown(options.csv)
    wishes = Wishes(
        target=options.target,
        at_least=options.at_least,
        positive=tuple(options.positive),
        ignore=tuple(options.ignore),
        id=options.id,
        time=options.time,
        prior_mark=options.prior_mark,
        demographics=options.demographics,
    )
    try:
        proposal = propose(table, form, wishes)
    except InvalidData as error:
        raise InvalidData(f"{options.csv}: {error}") from error
    # Not the CSV itself resolved: where it is a link, it is the link that was named.
    data = os.path.relpath(options.csv.parent.resolve() / options.csv.name, output.parent.resolve())
    if not data.isprintable():
        raise InvalidData(f"{data!r}: a dataset file can't name a path that can't be printed")
    text = write_toml(proposal, options.name, Path(data).as_posix())
    faults = None
    dataset_file = parse_dataset_file(text, output)
    try:
        load_dataset(dataset_file)
    except InvalidData as error:
        faults = str(error)
    if printed:
        print(text, end="")
    else:
        with output.open("w" if options.force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    say = sys.stderr if printed else sys.stdout
    print("\n".join(_summary(proposal)), file=say)
    if faults is not None:
        print(f"`run` will refuse the table until this is mended:\n{faults}", file=sys.stderr)
    if not printed:
        print(f"review {output}, then: python -m training run {shlex.quote(str(output))}")
    return 0


def _summary(proposal: Proposal) -> list[str]:
    features, ignored, audited = proposal.of("feature"), proposal.of("ignored"), proposal.of("audit_only")
    lines = [f"{proposal.num_rows} rows, {proposal.num_positive} of which pass"]
    if proposal.num_without_target:
        lines.append(f"{proposal.num_without_target} rows without a target are passed over")
    lines.append(f"{len(features)} features: {', '.join(toml_string(column.name) for column in features)}")
    if audited:
        lines.append(f"to compare errors by only: {', '.join(toml_string(column.name) for column in audited)}")
    if ignored:
        lines += ["left out:", *(f"  {toml_string(column.name)}: {column.why}" for column in ignored)]
    asked: dict[str, list[str]] = {}
    for column in features:
        for question in column.questions:
            asked.setdefault(question.partition("?")[0], []).append(toml_string(column.name))
    if asked or proposal.hints:
        lines += ["to be decided:", *(f"  {question}? {', '.join(names)}" for question, names in asked.items())]
        lines += [f"  {hint.replace('  # ', ': ')}" for hint in proposal.hints]
    return lines


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError("must be a number")
    return number


def _names(text: str) -> list[str]:
    return [name for name in next(csv.reader(io.StringIO(text)), []) if name.strip()]


def _model_name(text: str) -> str:
    if not MODEL_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(MODEL_NAME_RULE)
    return text
