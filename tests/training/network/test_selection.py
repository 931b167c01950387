"""Choosing penalties: at most six candidates, and never by rows that are reported."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from tests.support.tables import made, planned
from training.config import NOTEBOOK, SHIPPED, TrainingConfig, read_dataset_file
from training.network.fitting import plan_folds, train_members
from training.network.selection import candidates, select
from training.statistics.folds import Fold, split
from training.table.dataset import Dataset, load_dataset

CONFIG = TrainingConfig(hidden_units=(4,), epochs=20, members=2)


@pytest.mark.parametrize(
    ("config", "num_candidates"),
    [
        (CONFIG, 6),
        (replace(CONFIG, l2=0.01), 5),
        (replace(CONFIG, skip_l2=0.01), 4),
        (replace(CONFIG, skip=False), 4),
        (replace(CONFIG, l2=0.01, skip_l2=0.0), 1),
        (NOTEBOOK, 1),
    ],
)
def test_what_the_dataset_file_leaves_open_is_tried(config: TrainingConfig, num_candidates: int) -> None:
    """What it sets is kept; the list is as long for any number of rows, and its penalties fall with it."""
    few, many = candidates(config, 100), candidates(config, 1000)

    assert len(few) == len(many) == num_candidates
    assert all(config.l2 in (None, one.l2) and config.skip_l2 in (None, one.skip_l2) for one in few)
    if config.l2 is None:
        assert [one.l2 for one in many] == pytest.approx([one.l2 / 10 for one in few if one.l2 is not None])


def test_noise_is_penalised_more_than_a_signal() -> None:
    """A choice is made, and it is the better one by the losses that are reported of it."""
    noise = made(120, 3, signal=0)
    signal = made(120, 3, signal=6)

    chosen = [select(planned(table, CONFIG)) for table in (noise, signal)]

    for selection in chosen:
        assert selection.final == int(np.argmin(selection.losses))
        assert len(selection.by_fold) == 10
        assert len(selection.losses) == selection.num_candidates == 6
    weights = [candidates(CONFIG, 120)[selection.final] for selection in chosen]
    assert (weights[0].l2 or 0) > (weights[1].l2 or 0)


def test_a_long_table_is_chosen_by_some_of_its_students(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows of a student or none; and the choice is as good as one by all of them."""
    monkeypatch.setattr("training.network.selection.MOST_ROWS_OF_TRIALS", 300)
    table = made(900, 3, signal=6, rows_each=3)
    seen: list[Dataset] = []

    def train(dataset: Dataset, *arguments: Any) -> keras.Model:
        seen.append(dataset)
        return train_members(dataset, *arguments)

    monkeypatch.setattr("training.network.selection.train_members", train)
    selection = select(planned(table, CONFIG))

    [some] = seen
    assert 290 < len(some.labels) <= 300
    assert set(np.bincount(some.students)) == {0, 3}
    assert len(selection.by_fold) == 10
    assert selection.losses[selection.final] == min(selection.losses) < 0.4


def test_a_folds_choice_knows_nothing_of_the_rows_it_is_scored_on() -> None:
    """Turn the labels of one fold's test rows around: other choices may change, its own can't."""
    table = made(100, 4, signal=1)
    folds = split(table, 0)
    held_out = folds.repeats[0][2].test
    labels = table.labels.copy()
    labels[held_out] = 1 - labels[held_out]
    by_time = Fold(np.setdiff1d(np.arange(100), held_out), held_out)

    plan = planned(table, CONFIG, by_time)
    before = select(plan)
    after = select(replace(plan, dataset=replace(table, labels=labels)))

    assert before.by_fold[2] == after.by_fold[2]
    assert before.by_fold[-1] == after.by_fold[-1]
    assert before.losses != after.losses


def test_two_folds_leave_nothing_to_choose_by() -> None:
    """Two students of the rarer label: a middling candidate is taken, and said to be unchosen."""
    table = replace(made(30, 1, signal=1), labels=np.array([0, 0] + [1] * 28))

    selection = select(planned(table, CONFIG))

    assert selection.losses == ()
    assert set(selection.by_fold) == {selection.final}


def test_a_fold_trains_on_its_training_rows_only_with_its_own_choice() -> None:
    """The plan is what keeps the held-out rows out, of the scaling too."""
    dataset = load_dataset(read_dataset_file(SHIPPED / "students.toml"))
    config = replace(CONFIG, epochs=2)
    plan = planned(dataset, config)
    selection = select(plan)

    groups = plan_folds(plan.outer, selection.configs(plan), 15, seed=0)

    assert len(groups) == 5 * 5
    for fold, group, chosen in zip(plan.outer, groups, selection.by_fold, strict=True):
        assert np.flatnonzero(group.rows).tolist() == fold.train.tolist()
        assert len(group.members) == config.members
        assert {member.l2 for member in group.members} == {candidates(config, len(fold.train))[chosen].l2}
