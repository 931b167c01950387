"""The notebook, answered: what it printed beside what its network gives from this seed and from others, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.store.manifest import Manifest
from training.report.words import listed

_THRESHOLD = 0.5  # the notebook's own


@dataclass(frozen=True)
class NotebookTable:
    """What is told of the notebook's network.

    Attributes:
        heads: Of the columns after the first: the accuracy, and each of the students that the notebook asked about.
        rows: What has the figures of a row, and these in words.
        sentences: What the rows are, and what to take from them.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    sentences: tuple[str, ...]


def notebook_table(manifest: Manifest) -> NotebookTable | None:
    """What is told of a version that is the notebook's network; None of any other."""
    found = manifest.training.get("notebook")
    if found is None:
        return None
    labels = manifest.schema.labels
    students = [f"[{', '.join(f'{value:g}' for value in student)}]" for student in found["students"]]
    rows = []
    if found["printed"] is not None:
        rows.append(("the notebook printed", _one(found["printed"], labels)))
    rows.append((f"this version, seed {manifest.training['seed']}", _one(found["own"], labels)))
    others = found["others"]
    rows.append((f"{len(others)} seeds, 0 to {len(others) - 1}", _all(others, labels)))
    return NotebookTable(("test accuracy", *students), tuple(rows), tuple(_sentences(found, students, labels)))


def _one(draw: Mapping[str, Any], labels: Sequence[str]) -> tuple[str, ...]:
    answers = (f"{answer:.3f} {labels[answer > _THRESHOLD]}" for answer in draw["probabilities"])
    return (f"{draw['accuracy']:.2f}", *answers)


def _all(draws: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> tuple[str, ...]:
    answers = zip(*(draw["probabilities"] for draw in draws), strict=True)
    return (
        _accuracies(draws),
        *(f"{labels[1]} in {_num_positive(each)}, {min(each):.2f} to {max(each):.2f}" for each in answers),
    )


def _num_positive(answers: Sequence[float]) -> int:
    """How many answers are the positive label to the notebook."""
    return sum(answer > _THRESHOLD for answer in answers)


def _accuracies(draws: Sequence[Mapping[str, Any]]) -> str:
    counted = Counter(round(draw["accuracy"], 2) for draw in draws)
    return listed([f"{accuracy:.2f} for {num}" for accuracy, num in sorted(counted.items())])


def _sentences(found: Mapping[str, Any], students: Sequence[str], labels: Sequence[str]) -> list[str]:
    num_train, num_test, others = found["num_train"], found["num_test"], found["others"]
    by_student = zip(students, zip(*(draw["probabilities"] for draw in others), strict=True), strict=True)
    passed = listed([f"{student} in {_num_positive(answers)}" for student, answers in by_student])
    return [
        "This is the network of the tutorial notebook: 2 inputs, study and sleep hours as they are; 5 ReLU units; 1 "
        f"sigmoid unit; trained by Adam for 200 epochs on {num_train} of the {num_train + num_test} students, and "
        f"tested on the {num_test} others, the same ones each time.",
        "Training begins with random weights. "
        + (
            "The notebook set no seed for them, so that nobody can train it again: what it printed is one draw."
            if found["printed"] is not None
            else "Another seed gives other ones, and another network: its figures are one draw."
        ),
        f"Of {len(others)} seeds the test accuracy is {_accuracies(others)}; {labels[1]!r} is answered to {passed}.",
        f"Of {num_test} students one alone is {1 / num_test:.2f} of the accuracy, so that a single figure says little: "
        "cross-validation, and the mean of several networks, say more.",
    ]
