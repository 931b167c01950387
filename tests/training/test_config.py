"""Dataset files: what they say, and every fault in one message."""

from pathlib import Path

import pytest

from registry.contract.features import Category
from training.config import SHIPPED, DatasetFile, DecisionRule, InvalidDatasetFile, TrainingConfig, read_dataset_file

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


def read(tmp_path: Path, text: str) -> DatasetFile:
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

    assert dataset_file.training == TrainingConfig()
    assert dataset_file.data == tmp_path / "x.csv"
    assert dataset_file.coverage == 0.9
    assert dataset_file.decision == DecisionRule("default", 0.5)


@pytest.mark.parametrize("entry", ["threshold = 0.7", "help = 0.2", "cost_ratio = 5"])
def test_the_threshold_is_chosen_by_one_rule(tmp_path: Path, entry: str) -> None:
    """As a section, or as one line above all others, which is how `init` proposes it."""
    rule, given = entry.split(" = ")

    for text in (f"{GOOD}[decision]\n{entry}\n", f"decision.{entry}\n{GOOD}"):
        assert read(tmp_path, text).decision == DecisionRule(rule, float(given))  # type: ignore[arg-type]  # one of three


@pytest.mark.parametrize(
    ("entries", "faults"),
    [
        ("", ["decision: give one of help, cost_ratio, threshold"]),
        ("help = 0.2\ncost_ratio = 5", ["decision: give one of help, cost_ratio, threshold"]),
        (
            "help = 20\nthreshold = 1",
            [
                "decision.help: must be the share of the students that can be helped, above 0 and below 1",
                "decision.threshold: must be a probability, above 0 and below 1",
                "decision: give one of",
            ],
        ),
        ("cost_ratio = 0", ["decision.cost_ratio: must be how many students helped in vain are as bad as one missed"]),
        ('help = "20 %"', ["decision.help: Not a valid number"]),
        ("thresold = 0.7", ["decision.thresold: is no field here", "decision: give one of"]),
    ],
)
def test_a_bad_choice_of_threshold_is_told_with_all_faults(tmp_path: Path, entries: str, faults: list[str]) -> None:
    """In words, beside what else is wrong in the file."""
    text = GOOD.replace('data = "x.csv"', 'data = "x.csv"\ncoverage = 2') + f"[decision]\n{entries}\n"

    with pytest.raises(InvalidDatasetFile) as raised:
        read(tmp_path, text)

    assert [fault for fault in [*faults, "coverage"] if fault not in str(raised.value)] == []


def test_an_order_is_the_vocabulary_and_more(tmp_path: Path) -> None:
    """It is kept as the manifest has it."""
    text = GOOD.replace('kind = "number"', 'kind = "category"\norder = ["F", "C", "A"]')

    [grade] = read(tmp_path, text).schema.features

    assert grade == Category("hours", vocabulary=("F", "C", "A"), ordered=True)
    assert grade.to_document()["ordered"] is True
    assert "ordered" not in Category("hours", vocabulary=("F", "C", "A")).to_document()


def test_people_have_words_of_their_own(tmp_path: Path) -> None:
    """For a feature and its values, in one Unicode form like all that they stand beside."""
    words = 'title = "School"\ngroup = "About it"\nlabels = { "e\u0301" = "E\u0301cole" }'
    text = GOOD.replace('kind = "number"', f'kind = "category"\nvocabulary = ["e\u0301", "b"]\n{words}')

    [school] = read(tmp_path, text).schema.features

    assert school == Category(
        "hours", vocabulary=("\u00e9", "b"), labels={"\u00e9": "\u00c9cole"}, title="School", group="About it"
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (('kind = "number"', 'kind = "number"\ntitle = "a\\nb"'), "'hours': a title must be printable"),
        (('kind = "number"', 'kind = "number"\ngroup = 3'), "features.hours.group"),
        (('kind = "number"', 'kind = "number"\nlabels = { a = "b" }'), "a number has no labels"),
        (('kind = "number"', 'kind = "category"\nvocabulary = ["a"]\nlabels = { a = 1 }'), "features.hours.labels"),
        (('kind = "number"', 'kind = "category"\nvocabulary = ["a"]\nlabels = { b = "B" }'), "only what is in the"),
        (("pass_fail", "../x"), "name"),
        (('kind = "number"', 'kind = "text"'), "features.hours.kind"),
        (('kind = "number"', 'kind = "category"'), "vocabulary"),
        (('kind = "number"', 'kind = "number"\norder = ["a"]'), "a number has no order"),
        (('kind = "number"', 'kind = "category"\norder = ["a"]\nvocabulary = ["a"]'), "either vocabulary or order"),
        (('kind = "number"', 'kind = "category"\nvocabulary = ["a"]\nordered = true'), "features.hours.ordered"),
        (('kind = "number"', 'kind = "number"\nminimum = "0"'), "features.hours.minimum"),
        (('kind = "number"', 'kind = "number"\nmaximum = nan'), "features.hours.maximum"),
        (('kind = "number"', 'kind = "number"\nnullable = 1'), "features.hours.nullable"),
        (('kind = "number"', 'kind = "number"\nvalence = 1'), "features.hours.valence"),
        (('positive = "1"', 'positive = "1"\nat_least = 10'), "one of positive, at_least and at_most"),
        (('positive = "1"', 'positive = "1"\nat_most = 4'), "one of positive, at_least and at_most"),
        (('positive = "1"', "at_least = 1\nat_most = 4"), "one of positive, at_least and at_most"),
        (('positive = "1"', "at_most = nan"), "target.at_most"),
        (('positive = "1"', ""), "one of positive, at_least and at_most"),
        (('positive = "1"', "positive = 1"), "target.positive"),
        (('positive = "1"', 'positive = "1"\nnegative = 0'), "target.negative"),
        (('positive = "1"', 'positive = "1"\nlabels = ["a", "a"]'), "labels must differ"),
        (('positive = "1"', 'positive = "1"\nlabels = ["uncertain", "a"]'), "where neither label is"),
        (('positive = "1"', 'positive = "1"\nlabels = ["a", "Not sure"]'), "where neither label is"),
        (('positive = "1"', 'positive = "1"\nlabels = ["safe", "at risk"]'), "the negative is first"),
        (('positive = "1"', 'positive = "1"\nlabels = ["no sign", "good"]'), "the negative is first"),
        (('data = "x.csv"', 'data = "x.csv"\ncoverage = 1'), "coverage"),
        (('data = "x.csv"', 'data = "x.csv"\ncoverage = "0.9"'), "coverage"),
        (('positive = "1"', 'positive = "1"\nnegative = ["0", "1"]'), "can't hold what is positive"),
        (('positive = "1"', 'positive = ""'), "target.positive"),
        (('positive = "1"', 'positive = ["1", 2]'), "target.positive"),
        (('positive = "1"', 'positive = ["1", "2"]\nnegative = ["0", "2"]'), "can't hold what is positive"),
        (('column = "passed"', 'column = "hours"'), "can't also be a feature"),
        (('data = "x.csv"', 'data = "x.csv"\ndelimiter = ";;"'), "delimiter"),
        (('data = "x.csv"', 'data = "x.csv"\ndecimal = ";"'), "decimal"),
        (('name = "hours"', 'name = "hours"\nunit = 3'), "features.hours.unit"),
        (('data = "x.csv"', "data ="), "not TOML"),
        (('data = "x.csv"', f"data = {'9' * 5000}"), "not TOML"),
        (('data = "x.csv"', f"data = {'[' * 10_000}"), "nested too deeply"),
        (('data = "x.csv"', f"data.{'a.' * 10_000}a = 1"), "nested too deeply"),
        (('data = "x.csv"', 'data = "x.csv"\nignore = ["hours"]'), "'hours' can be only one of"),
        (('data = "x.csv"', 'data = "x.csv"\naudit_only = ["passed"]'), "'passed' can be only one of"),
        (('data = "x.csv"', 'data = "x.csv"\nid = "n"\nignore = ["n"]'), "'n' can be only one of"),
        (('data = "x.csv"', 'data = "x.csv"\nignore = ["sex"]\naudit_only = ["sex"]'), "'sex' can be only one of"),
        (('data = "x.csv"', 'data = "x.csv"\naudit_only = ["e\u0301", "\u00e9"]'), "can be only one of"),
        (('data = "x.csv"', 'data = "x.csv"\naudit_only = "sex"'), "audit_only"),
        (('data = "x.csv"', 'data = "x.csv"\nignore = [" sex"]'), "ignore.1: can't be blank or have blanks around it"),
        (('data = "x.csv"', 'data = "x.csv"\nmissing = [""]'), "missing.1"),
        (('data = "x.csv"', 'data = "x.csv"\nmissing = ["1"]'), "missing can't hold a value of the target"),
        (('data = "x.csv"', 'data = "x.csv"\ntime = "passed"'), "time 'passed' can't also be"),
        (('data = "x.csv"', 'data = "x.csv"\nprior_mark = "n"\nid = "n"'), "prior_mark 'n' can't also be"),
        (('data = "x.csv"', 'data = "x.csv"\ntime = "n"\nignore = ["n"]'), "time 'n' can't also be"),
        (('data = "x.csv"', 'data = "x.csv"\ndrop_rows_without_target = 1'), "drop_rows_without_target"),
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


def test_columns_beside_the_features_have_their_keys(tmp_path: Path) -> None:
    """What is ignored need not be there; an earlier mark and the period may be features too."""
    keys = 'time = "hours"\nprior_mark = "hours"\nignore = ["a", "b"]\naudit_only = ["sex"]\nmissing = ["NA"]\n'

    dataset_file = read(tmp_path, keys + GOOD)

    assert dataset_file.columns == ("hours", "passed", "sex")
    assert dataset_file.ignore == ("a", "b")
    assert dataset_file.missing == ("NA",)
    assert not dataset_file.drop_rows_without_target


def test_a_category_can_not_also_mean_missing(tmp_path: Path) -> None:
    """Its cells would be read as blank, so that nobody would ever be in it."""
    text = GOOD.replace('kind = "number"', 'kind = "category"\nvocabulary = ["a", "?"]')

    with pytest.raises(InvalidDatasetFile, match=r"'hours': the vocabulary can't hold what means missing: \?"):
        read(tmp_path, 'missing = ["?"]\n' + text)


def test_text_is_in_one_unicode_form_but_paths_are_not(tmp_path: Path) -> None:
    """An editor may write an accent as a letter of its own; a file system may tell the two apart."""
    text = GOOD.replace("hours", "pre\u0301sence").replace("passed", "re\u0301ussi").replace("x.csv", "e\u0301.csv")

    dataset_file = read(tmp_path, text)

    assert dataset_file.schema.names == ("pr\u00e9sence",)
    assert dataset_file.target.column == "r\u00e9ussi"
    assert dataset_file.data.name == "e\u0301.csv"
