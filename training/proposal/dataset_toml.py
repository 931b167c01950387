"""A proposal as a dataset file with comments for the people who review it."""

import textwrap

from training.proposal.columns import Column
from training.proposal.proposal import Proposal
from training.proposal.toml_text import toml_list, toml_number, toml_string

_WIDTH = 118


def write_toml(proposal: Proposal, name: str, data: str) -> str:
    """Write a dataset file.

    Args:
        proposal: What it says.
        name: Name of the model.
        data: Path of the CSV, as seen from the dataset file.

    Returns:
        TOML, which `training.config` reads.
    """
    form, wishes = proposal.format, proposal.wishes
    lines = [
        f"# Proposed by `python -m training init`: {proposal.num_rows} rows, {proposal.num_positive} of which pass.",
        "# Please read it before the first run: only you know what the columns mean, and when their values are known.",
        f"name = {toml_string(name)}",
        f"data = {toml_string(data)}",
        f"delimiter = {toml_string(form.delimiter)}",
        f"decimal = {toml_string(form.decimal)}",
        f"encoding = {toml_string(form.encoding)}",
    ]
    lines += [
        f"{key} = {toml_string(column)}"
        for key, column in (("id", wishes.id), ("time", wishes.time), ("prior_mark", wishes.prior_mark))
        if column is not None
    ]
    lines += [f"# {hint}" for hint in proposal.hints if hint.split(" ")[0] not in _given(proposal)]
    if proposal.missing:
        lines += ["# Cells that seem to mean that there is no value.", f"missing = {toml_list(proposal.missing)}"]
    if proposal.num_without_target:
        lines += [f"# {proposal.num_without_target} rows have no target.", "drop_rows_without_target = true"]
    if audited := proposal.of("audit_only"):
        lines += [
            "# Columns that say who a student is: the network does not see them, its errors are compared by them.",
            "# To use one all the same, make it a feature; `--demographics features` does so for all.",
        ]
        lines += [
            "audit_only = [",
            *(f"    {toml_string(column.name)},{_comment(column.seen)}" for column in audited),
            "]",
        ]
    if ignored := proposal.of("ignored"):
        lines += ["# Columns that are left out, and why."]
        lines += ["ignore = [", *(f"    {toml_string(column.name)},{_comment(column.why)}" for column in ignored), "]"]
    target = proposal.target
    lines += ["", "[target]", f"column = {toml_string(target.column)}"]
    if target.at_least is not None:
        lines.append(f"at_least = {toml_number(target.at_least)}")
    else:
        for key, cells in (("positive", target.positive), ("negative", target.negative)):
            lines.append(f"{key} = {toml_list(cells) if len(cells) > 1 else toml_string(cells[0])}")
        if len(target.negative) > 1:
            lines.append("# ? do all of these fail? `positive` can be a list too")
    lines.append('labels = ["fail", "pass"]')
    for column in proposal.of("feature"):
        lines += ["", *_feature(column)]
    lines += [
        "",
        '# [training] is optional: docs/train.md, "The network, and what can be set", says what it can hold.',
        "[training]",
    ]
    return "\n".join(lines) + "\n"


def _given(proposal: Proposal) -> set[str]:
    wishes = proposal.wishes
    given = (("id", wishes.id), ("time", wishes.time))
    return {key for key, column in given if column is not None}


def _feature(column: Column) -> list[str]:
    feature = column.feature
    assert feature is not None
    lines = [
        "[[features]]",
        f"name = {toml_string(feature.name)}",
        f"kind = {toml_string(feature.kind)}{_comment('seen: ' + column.seen)}",
    ]
    if feature.kind == "category":
        listed = toml_list(feature.vocabulary)
        if len(listed) > _WIDTH - len("vocabulary = "):
            lines += ["vocabulary = [", *(f"    {toml_string(entry)}," for entry in feature.vocabulary), "]"]
        else:
            lines.append(f"vocabulary = {listed}")
    else:
        lines += [
            f"{key} = {toml_number(bound)}"
            for key, bound in (("minimum", feature.minimum), ("maximum", feature.maximum))
            if bound is not None
        ]
    if feature.nullable:
        lines.append("nullable = true")
    for question in column.questions:
        lines += textwrap.wrap(
            f"? {question}", _WIDTH, initial_indent="# ", subsequent_indent="#   ", break_long_words=False
        )
    return lines


def _comment(text: str) -> str:
    return f"  # {text}" if text else ""
