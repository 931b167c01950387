"""The tutorial notebook as it was: its split, its network, its three new students."""

from collections.abc import Callable

import keras
import numpy as np
from sklearn.model_selection import train_test_split

from training.config import NOTEBOOK
from training.network.members import notebook_network
from training.table.dataset import Dataset

NEW_STUDENTS = ([2, 7], [6, 5], [4, 3])  # study and sleep hours


def train_notebook(
    dataset: Dataset, seed: int, on_epoch: Callable[[], None], say: Callable[[str], None]
) -> keras.Model:
    """Train on 70 % of the rows, as the notebook did, and say what it printed.

    Args:
        dataset: The 15 students.
        seed: Of the initial weights and of the order of rows; the notebook had none.
        on_epoch: Called after each epoch.
        say: Takes the test accuracy and the answers for the new students, a line a time.

    Returns:
        Encoded matrix in; a dict with `probability` of shape (num_rows,) out, as an ensemble's.
    """
    train_x, test_x, train_y, test_y = train_test_split(dataset.matrix, dataset.labels, test_size=0.3, random_state=42)
    keras.utils.set_random_seed(seed)
    network = notebook_network(dataset.schema)
    progress = keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: on_epoch())
    network.fit(train_x, train_y, epochs=NOTEBOOK.epochs, verbose=0, callbacks=[progress])
    _, accuracy = network.evaluate(test_x, test_y, verbose=0)
    say(f"Test accuracy: {accuracy:.2f} ({len(test_y)} students)")
    for student, probability in zip(NEW_STUDENTS, np.ravel(network(np.array(NEW_STUDENTS, np.float32))), strict=True):
        label = dataset.schema.labels[int(probability > 0.5)]
        say(f"Student {student}: probability {probability:.2f}, {label}")
    return keras.Model(network.inputs[0], {"probability": network.outputs[0][:, 0]}, name="notebook_published")
