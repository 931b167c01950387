"""A proposal as a dataset file with comments for the people who review it."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import assert_never

import tomlkit
from tomlkit.items import Array, Item, Table

from registry.contract.features import Amount, Category, Number
from training.config import Target
from training.proposal.columns import Column
from training.proposal.decision import AS_IT_IS, choices, help_in_words
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
    if form.sheet is not None:
        texts = {"sheet": form.sheet} if form.choice else {}
    for key, text in {"name": name, "data": data, **texts, **columns}.items():
        if text is not None:
            document[key] = text_item(text)
    if form.guessed is not None:
        document["encoding"] = text_item(form.encoding).comment(f"a guess: {quoted(form.guessed)}")
    say(*(f"{hint.entry}  # {hint.when}" for hint in proposal.hints))
    say(*(f"? {question}" for question in proposal.questions))
    if options.help_share is None:
        say(f"? {AS_IT_IS}:", *choices(proposal.num_rows))
    if proposal.other_rows:
        say("Rows that are no student's, by what stands in them.")
        document["skip_rows"] = _commented(
            (row.cell, f"line {', '.join(map(str, row.lines))}") for row in proposal.other_rows
        )
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
        say(*(f"? {quoted(column.name)}: {question}" for column in ignored for question in column.questions))
        document["ignore"] = _commented((column.name, column.reason) for column in ignored)
    document["target"] = _target(proposal.target, proposal.why, proposal.target_questions)
    if options.help_share is not None:
        document["decision"] = decision = tomlkit.table()
        _comment(decision, help_in_words(options.help_share, proposal.num_rows))
        decision["help"] = options.help_share
        decision.add(tomlkit.nl())
    say('What people call a column (title, group) and its values (labels): a line counts without its "#".')
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


def _target(target: Target, why: str, questions: Iterable[str]) -> Table:
    table = tomlkit.table()
    _comment(table, why)
    table["column"] = text_item(target.column)
    for key, line in (("at_least", target.at_least), ("at_most", target.at_most)):
        if line is not None:
            table[key] = _number(line)
    if not target.is_mark:
        for key, cells in (("positive", target.positive), ("negative", target.negative)):
            table[key] = list_item(cells) if len(cells) > 1 else text_item(cells[0])
    table["labels"] = ["fail", "pass"]
    for question in questions:
        _comment(table, f"? {question}")
    table.add(tomlkit.nl())
    return table


def _feature(column: Column) -> Table:
    feature = column.feature
    assert feature is not None
    table = tomlkit.table()
    table["name"] = text_item(feature.name)
    if feature.title:
        table["title"] = text_item(feature.title).comment("for people")
    table["kind"] = tomlkit.item(feature.kind).comment(f"seen: {column.values}")
    match feature:
        case Category():
            table["order" if feature.ordered else "vocabulary"] = list_item(feature.vocabulary)
            _suggest_labels(table, feature.vocabulary)
        case Amount():
            if isinstance(feature, Number):
                _add_writing(table, feature)
            for key, bound in (("minimum", feature.minimum), ("maximum", feature.maximum)):
                if bound is not None:
                    table[key] = _number(bound)
        case _:
            assert_never(feature)
    if feature.missing:
        table["missing"] = list_item(feature.missing)
    if feature.nullable:
        table["nullable"] = True
    if feature.actionable:
        table["actionable"] = tomlkit.item(feature.actionable).comment("proposed because of its name: check")
    table.add(tomlkit.comment('group = "…"'))
    for question in column.questions:
        _comment(table, f"? {question}")
    return table


def _suggest_labels(table: Table, vocabulary: Sequence[str]) -> None:
    """A line that, without its "#", is right: as many values as it has room for, each called as it is."""
    shown = ""
    for value in vocabulary:
        more = f"{shown}, {quoted(value)} = {quoted(value)}".removeprefix(", ")
        if len(more) > _WIDTH - len("labels = {  }"):
            break
        shown = more
    if shown:
        table.add(tomlkit.comment(f"labels = {{ {shown} }}"))


def _comment(table: Table, text: str) -> None:
    for line in textwrap.wrap(text, _WIDTH - 2, subsequent_indent="  ", break_long_words=False):
        table.add(tomlkit.comment(line))


def _add_writing(table: Table, feature: Number) -> None:
    """How its cells are written, where that is not as plain numbers."""
    if feature.unit is not None:
        table["unit"] = text_item(feature.unit)
    if feature.suffixes:
        table["suffixes"] = list_item(feature.suffixes)
    if feature.out_of is not None:
        table["out_of"] = _number(feature.out_of)
    if feature.other_mark is not None:
        table["other_mark"] = feature.other_mark


def _number(number: float) -> float:
    """An integer where it is one."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
