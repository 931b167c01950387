"""Dataset files: what they say, and every fault in one message."""

from pathlib import Path

import pytest

from training.config import SHIPPED, InvalidDatasetFile, TrainingConfig, read_dataset_file

GOOD = """
name = "pass_fail"
data = "x.csv"
[target]
column = "passed"
positive = "1"
[[features]]
name = "hours"
kind = "number"
"""


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "dataset.toml"
    path.write_text(text, encoding="utf-8")
    return read_dataset_file(path)


def test_the_shipped_file_says_what_the_notebook_had() -> None:
    """Two features, hours per day, and the 15 students beside it."""
    dataset_file = read_dataset_file(SHIPPED / "students.toml")

    assert dataset_file.name == "pass_fail"
    assert dataset_file.schema.names == ("study_hours", "sleep_hours")
    assert dataset_file.schema.labels == ("fail", "pass")
    assert dataset_file.training.hidden_units == (5,)
    assert dataset_file.data.is_file()


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    """The shortest dataset file that is one."""
    dataset_file = read(tmp_path, GOOD)

    assert dataset_file.training == TrainingConfig()  # type: ignore[attr-defined]
    assert dataset_file.data == tmp_path / "x.csv"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("pass_fail", "../x"), "name"),
        (('kind = "number"', 'kind = "text"'), "features.hours.kind"),
        (('kind = "number"', 'kind = "category"'), "vocabulary"),
        (('kind = "number"', 'kind = "number"\nminimum = "0"'), "features.hours.minimum"),
        (('kind = "number"', 'kind = "number"\nmaximum = nan'), "features.hours.maximum"),
        (('kind = "number"', 'kind = "number"\nnullable = 1'), "features.hours.nullable"),
        (('kind = "number"', 'kind = "number"\nvalence = 1'), "features.hours.valence"),
        (('positive = "1"', 'positive = "1"\nat_least = 10'), "either positive or at_least"),
        (('positive = "1"', ""), "either positive or at_least"),
        (('positive = "1"', "positive = 1"), "target.positive"),
        (('positive = "1"', 'positive = "1"\nnegative = 0'), "target.negative"),
        (('positive = "1"', 'positive = "1"\nlabels = ["a", "a"]'), "labels must differ"),
        (('positive = "1"', 'positive = "1"\nnegative = ["0", "1"]'), "can't hold what is positive"),
        (('positive = "1"', 'positive = ""'), "target.positive"),
        (('column = "passed"', 'column = "hours"'), "can't also be a feature"),
        (('data = "x.csv"', 'data = "x.csv"\ndelimiter = ";;"'), "delimiter"),
        (('data = "x.csv"', 'data = "x.csv"\ndecimal = ";"'), "decimal"),
        (('name = "hours"', 'name = "hours"\nunit = 3'), "features.hours.unit"),
        (('data = "x.csv"', "data ="), "not TOML"),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, change: tuple[str, str], where: str) -> None:
    """Unknown keys, wrong types and contradictions, each with its place in the file."""
    assert change[0] in GOOD

    with pytest.raises(InvalidDatasetFile, match=where):
        read(tmp_path, GOOD.replace(*change, 1))


@pytest.mark.parametrize(
    "entry",
    [
        "hidden_units = []",
        "hidden_units = [0]",
        "hidden_units = [true]",
        "hidden_units = 5",
        "epochs = 0",
        'epochs = "100"',
        "epochs = 1.5",
        "batch_size = 0",
        "learning_rate = 0",
        "learning_rate = true",
        "l2 = -1",
        "members = 0",
        "scale_inputs = 1",
        "dropout = 0.5",
    ],
)
def test_a_bad_training_option_is_named(tmp_path: Path, entry: str) -> None:
    """Types are TOML's own: a string is no number, a boolean no integer."""
    with pytest.raises(InvalidDatasetFile, match=rf"training\.{entry.split(' ')[0]}"):
        read(tmp_path, f"{GOOD}[training]\n{entry}\n")


def test_all_faults_come_in_one_message(tmp_path: Path) -> None:
    """Not one a run."""
    with pytest.raises(InvalidDatasetFile) as caught:
        read(tmp_path, 'surprise = 1\nname = "a b"\n[target]\n[[features]]\nkind = "number"\n[training]\nepochs = 0\n')

    for where in ("surprise", "name", "data", "target.column", "features.1.name", "training.epochs"):
        assert where in str(caught.value)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Some editors put one there."""
    assert read(tmp_path, "\ufeff" + GOOD)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the reason of the operating system."""
    with pytest.raises(InvalidDatasetFile, match="No such file"):
        read_dataset_file(tmp_path / "nowhere.toml")
