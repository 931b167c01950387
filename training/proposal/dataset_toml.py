"""A proposal as a dataset file with comments for the people who review it."""

import textwrap
from collections.abc import Iterable
from typing import assert_never

import tomlkit
from tomlkit.items import Array, Item, Table

from registry.contract.features import Amount, Category
from training.config import Target
from training.proposal.columns import Column
from training.proposal.proposal import Proposal
from training.proposal.quoted import quoted

_WIDTH = 118  # characters of a list's or a comment's line


def write_toml(proposal: Proposal, name: str, data: str) -> str:
    """Write a dataset file.

    Args:
        proposal: What it says.
        name: Name of the model.
        data: Path of the CSV, as seen from the dataset file.

    Returns:
        TOML, which `training.config` reads.
    """
    form, options = proposal.format, proposal.options
    document = tomlkit.document()

    def say(*lines: str) -> None:
        for line in lines:
            document.add(tomlkit.comment(line))

    say(
        f"Proposed by `python -m training init`: {proposal.num_rows} rows, {proposal.num_positive} of which pass.",
        "Please read it before the first run: only you know what the columns mean, and when their values are known.",
    )
    columns = {"id": options.id, "time": options.time, "prior_mark": options.prior_mark}
    texts = {"delimiter": form.delimiter, "decimal": form.decimal, "encoding": form.encoding}
    for key, text in {"name": name, "data": data, **texts, **columns}.items():
        if text is not None:
            document[key] = text_item(text)
    say(*(f"{hint.entry}  # {hint.when}" for hint in proposal.hints if hint.key not in document))
    if proposal.missing:
        say("Cells that seem to mean that there is no value.")
        document["missing"] = list_item(proposal.missing)
    if proposal.num_without_target:
        say(f"{proposal.num_without_target} rows have no target.")
        document["drop_rows_without_target"] = True
    if audited := proposal.of("audit_only"):
        say(
            "Columns that say who a student is: the network does not see them, its errors are compared by them.",
            "To use one all the same, make it a feature; `--demographics features` does so for all.",
        )
        document["audit_only"] = _commented((column.name, column.values) for column in audited)
    if ignored := proposal.of("ignored"):
        say("Columns that are left out, and why.")
        document["ignore"] = _commented((column.name, column.reason) for column in ignored)
    document["target"] = _target(proposal.target)
    document["features"] = features = tomlkit.aot()
    for column in proposal.of("feature"):
        features.append(_feature(column))
    training = tomlkit.table()
    training.add(tomlkit.comment('Optional: docs/train.md, "The network, and what can be set", says what it can be.'))
    document["training"] = training
    return document.as_string()


def text_item(text: str) -> Item:
    """A string as TOML has it, with what does not show in print escaped."""
    return tomlkit.value(quoted(text))


def list_item(texts: Iterable[str]) -> Array:
    """A list of strings, on one line if there is room."""
    array = tomlkit.array(f"[{', '.join(map(quoted, texts))}]")
    return array.multiline(len(array.as_string()) > _WIDTH - len("vocabulary = "))


def _commented(entries: Iterable[tuple[str, str]]) -> Array:
    """A list of strings, a line each with a comment beside it."""
    array = tomlkit.array()
    for text, comment in entries:
        array.add_line(text_item(text), comment=comment)
    array.add_line(indent="")
    return array


def _target(target: Target) -> Table:
    table = tomlkit.table()
    table["column"] = text_item(target.column)
    if target.at_least is not None:
        table["at_least"] = _number(target.at_least)
    else:
        for key, cells in (("positive", target.positive), ("negative", target.negative)):
            table[key] = list_item(cells) if len(cells) > 1 else text_item(cells[0])
        if len(target.negative) > 1:
            table.add(tomlkit.comment("? do all of these fail? `positive` can be a list too"))
    table["labels"] = ["fail", "pass"]
    table.add(tomlkit.nl())
    return table


def _feature(column: Column) -> Table:
    feature = column.feature
    assert feature is not None
    table = tomlkit.table()
    table["name"] = text_item(feature.name)
    table["kind"] = tomlkit.item(feature.kind).comment(f"seen: {column.values}")
    match feature:
        case Category():
            table["order" if feature.ordered else "vocabulary"] = list_item(feature.vocabulary)
        case Amount():
            for key, bound in (("minimum", feature.minimum), ("maximum", feature.maximum)):
                if bound is not None:
                    table[key] = _number(bound)
        case _:
            assert_never(feature)
    if feature.nullable:
        table["nullable"] = True
    for question in column.questions:
        for line in textwrap.wrap(f"? {question}", _WIDTH - 2, subsequent_indent="  ", break_long_words=False):
            table.add(tomlkit.comment(line))
    return table


def _number(number: float) -> float:
    """An integer where it is one."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
