"""What the tutorial notebook's figures are worth: its own beside those of the same network from other weights."""

import hashlib
from dataclasses import dataclass

import keras
import numpy as np
from sklearn.model_selection import train_test_split

from registry.contract.features import FeatureSchema
from training.config import DEMONSTRATION, NOTEBOOK, SHIPPED
from training.network.fitting import GroupPlan, MemberPlan, member_logits, train_members
from training.network.members import notebook_network
from training.table.dataset import Dataset

NEW_STUDENTS = ((2.0, 7.0), (6.0, 5.0), (4.0, 3.0))  # study and sleep hours
SEEDS = range(24)


@dataclass(frozen=True)
class Draw:
    """The figures of one network, which others would have had from other weights to begin with.

    Attributes:
        accuracy: On the students that the notebook held out, in [0, 1].
        probabilities: Of the positive label, for each of the new students.
    """

    accuracy: float
    probabilities: tuple[float, ...]


# In the order in which it asked; it rounded them itself.
PRINTED = Draw(0.60, (0.594, 0.720, 0.658))


@dataclass(frozen=True)
class Draws:
    """What the notebook printed beside what its network gives from known seeds.

    Attributes:
        num_train: Students that it trained on.
        num_test: Students that it held out.
        students: The new ones: study and sleep hours of each.
        printed: What the notebook printed; None where the table is another than its own.
        own: Of the network that is published.
        others: Of one network for each of the seeds 0, 1, 2 and so on.
    """

    num_train: int
    num_test: int
    students: tuple[tuple[float, ...], ...]
    printed: Draw | None
    own: Draw
    others: tuple[Draw, ...]


def split_rows(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the rows that the notebook trained on, and of those that it held out: 30 %, by a seed that it set."""
    train, test = train_test_split(np.arange(len(dataset.labels)), test_size=0.3, random_state=42)
    return train, test


def draw(dataset: Dataset, published: keras.Model) -> Draws:
    """Ask the published network what the notebook asked its own, and train others from the seeds that are known.

    Args:
        dataset: The rows.
        published: Encoded matrix in, a dict with `probability` of shape (num_rows,) out.
    """
    train, test = split_rows(dataset)
    asked = np.concatenate([dataset.matrix[test], np.array(NEW_STUDENTS, np.float32)])
    rows = np.isin(np.arange(len(dataset.labels)), train)
    # One fit for all of them takes as long as one of Keras's for a single one takes to set itself up.
    members = train_members(
        dataset,
        [GroupPlan(rows, tuple(MemberPlan((seed,)) for seed in SEEDS))],
        NOTEBOOK,
        0,
        kernels=_first_kernels(dataset.schema),
    )
    probabilities = 1 / (1 + np.exp(-member_logits(members, asked)[:, 0]))
    own, *others = (
        Draw(
            accuracy=float(np.mean((each[: len(test)] > 0.5) == dataset.labels[test])),
            probabilities=tuple(each[len(test) :].tolist()),
        )
        for each in (np.asarray(published(asked)["probability"]).astype(np.float64), *probabilities.T)
    )
    shipped = hashlib.sha256((SHIPPED / DEMONSTRATION).read_bytes()).hexdigest()
    printed = PRINTED if dataset.sha256 == shipped else None
    return Draws(len(train), len(test), NEW_STUDENTS, printed, own, tuple(others))


def _first_kernels(schema: FeatureSchema) -> list[np.ndarray]:
    """The kernels that Keras begins with under each seed, by layer, each of shape (num_seeds, inputs, units)."""
    of_seeds = []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        of_seeds.append([layer.kernel.numpy() for layer in notebook_network(schema).layers])
    return [np.stack(kernels) for kernels in zip(*of_seeds, strict=True)]
