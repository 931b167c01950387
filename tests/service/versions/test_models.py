"""Many models in one worker: loaded when they are asked for, let go of when others are, each by itself."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from registry.errors import StoreError
from registry.store.model_store import ModelStore
from registry.store.models import list_models
from service.errors import ModelNotFound, NotReady
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.listing import describe_models
from service.versions.models import MISSED_S, Models
from tests.support.http import eventually
from tests.support.stores import publish

NAMES = [f"maths-{letter}" for letter in "abcdef"]


def settings_for(folder: Path, **others: object) -> Settings:
    """Of a service that has many models, and looks at the store often."""
    return replace(Settings(models_dir=folder, model="", models=("maths-*",), poll_s=0.05), **others)  # type: ignore[arg-type]


@pytest.fixture
def many(tmp_path: Path, students: Path) -> Path:
    """A folder of six stores, to be changed by the test."""
    models = tmp_path / "many"
    for name in NAMES:
        publish(ModelStore(models, name), students / "pass_fail/1", name=name)
    return models


@pytest.mark.parametrize(("environ", "is_ready"), [({}, True), ({"SERVICE_MODEL": "pass_fail"}, False)])
def test_a_default_model_that_nobody_named_may_be_missing(many: Path, environ: dict[str, str], is_ready: bool) -> None:
    """Under a pattern for all it is what an earlier service had, if it is there; one that is named is waited for."""
    environ = {"SERVICE_MODELS": "*", "SERVICE_MODELS_DIR": str(many)} | environ
    models = Models(Settings.from_env(environ), Metrics())
    models.start()

    if is_ready:
        assert models.check_ready() is None
    else:
        with pytest.raises(NotReady, match="no version of 'pass_fail' is published"):
            models.check_ready()

    publish(ModelStore(many, "pass_fail"), many / "maths-a/1", name="pass_fail")
    assert eventually(lambda: models.loaded()["pass_fail"].snapshot.serving) == models.check_ready() == 1


def test_a_model_is_loaded_when_it_is_asked_for(many: Path) -> None:
    """By its name or a pattern for it; no other is, and none is without a name."""
    models = Models(settings_for(many), Metrics())

    found = models.find("maths-b")

    assert (found.manifest.name, found.manifest.version) == ("maths-b", 1)
    assert models.loaded().keys() == {"maths-b"}
    for other in ("maths-z", "history-a", "../many/maths-a", "maths-" + "a" * 200, ".staging"):
        with pytest.raises(ModelNotFound, match="no such model is served"):
            models.find(other)
    with pytest.raises(ModelNotFound, match="name one, as in /models/NAME/predict"):
        models.find()


def test_the_default_model_is_there_from_the_start_and_stays(many: Path) -> None:
    """Whatever else is asked for, and by its name too; it is not in the number of the others."""
    models = Models(settings_for(many, model="maths-a", max_loaded=1), Metrics())
    models.start()
    at_first = models.find()

    for name in NAMES[1:]:
        models.find(name)

    assert models.find() is models.find("maths-a") is at_first
    assert models.loaded().keys() == {"maths-a", NAMES[-1]}


def test_what_was_asked_for_longest_ago_makes_way(many: Path) -> None:
    """And is loaded anew when it is asked for again."""
    models = Models(settings_for(many, max_loaded=2), Metrics())
    first = models.find("maths-a")
    models.find("maths-b")
    assert models.find("maths-a") is first

    models.find("maths-c")

    assert models.loaded().keys() == {"maths-a", "maths-c"}
    models.find("maths-b")
    assert models.loaded().keys() == {"maths-b", "maths-c"}
    assert models.find("maths-a") is not first


def test_a_model_in_use_is_not_let_go_of(many: Path) -> None:
    """Until it is not: then there are no more than there may be."""
    models = Models(settings_for(many, max_loaded=1), Metrics())

    with models.use("maths-a"):
        first = models.find("maths-a")
        with models.use("maths-b"):
            models.find("maths-c")
            assert models.loaded().keys() == {"maths-a", "maths-b", "maths-c"}
        assert models.loaded().keys() == {"maths-a"}
        assert models.find("maths-a") is first
    models.find("maths-b")

    assert models.loaded().keys() == {"maths-b"}


def test_a_model_is_loaded_once_however_many_ask_at_once(many: Path) -> None:
    """They wait for the one that loads it; others do not wait for them."""
    models = Models(settings_for(many), Metrics())

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(models.find, NAMES[:2] * 8))

    assert len({id(version) for version in found}) == 2


def test_threads_that_ask_and_let_go_get_along(many: Path) -> None:
    """Each has the model it asked for, with a look at the store going on all the time."""
    models = Models(settings_for(many, max_loaded=2, poll_s=0.01), Metrics())
    models.start()

    def ask(seed: int) -> list[str]:
        asked = [NAMES[(seed * 7 + number * (seed + 1)) % len(NAMES)] for number in range(30)]
        for name in asked:
            with models.use(name):
                assert models.find(name).manifest.name == name
        return asked

    with ThreadPoolExecutor(6) as pool:
        assert len(list(pool.map(ask, range(6)))) == 6
    eventually(lambda: len(models.loaded()) == 2)


def test_a_refresh_of_any_loaded_model_is_taken_up(many: Path, students: Path) -> None:
    """As of the default one; a rollback too."""
    models = Models(settings_for(many, model="maths-a"), Metrics())
    models.start()
    models.find("maths-c")

    publish(ModelStore(many, "maths-c"), students / "pass_fail/1", name="maths-c")

    eventually(lambda: models.find("maths-c").manifest.version == 2)
    assert models.find().manifest.version == 1
    ModelStore(many, "maths-c").rollback("try")
    eventually(lambda: models.find("maths-c").manifest.version == 1)


def test_a_new_model_is_found_when_it_is_asked_for(many: Path, students: Path) -> None:
    """At once where nobody has asked before it was there, else a moment later."""
    models = Models(settings_for(many), Metrics())
    models.start()
    with pytest.raises(ModelNotFound):
        models.find("maths-y")
    for name in ("maths-x", "maths-y"):
        publish(ModelStore(many, name), students / "pass_fail/1", name=name)

    assert models.find("maths-x").manifest.version == 1
    assert eventually(lambda: finds(models, "maths-y"), deadline_s=60 * MISSED_S)
    assert {"maths-x", "maths-y"} < set(models.names())


def finds(models: Models, name: str) -> bool:
    """Whether a model is found."""
    try:
        return models.find(name).manifest.name == name
    except ModelNotFound:
        return False


def test_a_new_model_is_listed_without_being_asked_for(
    many: Path, students: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at the folder of stores, now and then."""
    monkeypatch.setattr("service.versions.models.LIST_AGAIN_S", 0.1)
    models = Models(settings_for(many), Metrics())
    models.start()
    assert models.names() == NAMES

    publish(ModelStore(many, "maths-x"), students / "pass_fail/1", name="maths-x")
    publish(ModelStore(many, "history"), students / "pass_fail/1", name="history")

    assert eventually(lambda: models.names() == [*NAMES, "maths-x"])
    assert models.loaded() == {}


def test_a_broken_model_hurts_itself_alone(many: Path, students: Path) -> None:
    """Another's manifest, no version at all, a store that can't be read; and it is well once it is mended."""
    (many / "maths-a/1/assets.extra/manifest.json").write_text("{}")
    (many / "maths-b/1").rename(many / "b")
    (many / "maths-c/aliases.json").write_text("[]")
    models = Models(settings_for(many), Metrics())
    models.start()

    problems = {name: problem_of(models, name) for name in NAMES}

    assert "version 1 is refused" in problems["maths-a"]
    assert "no version of 'maths-b' is published" in problems["maths-b"]
    assert "aliases.json must be an object" in problems["maths-c"]
    assert [problems[name] for name in NAMES[3:]] == [""] * 3
    (many / "b").rename(many / "maths-b/1")
    assert eventually(lambda: problem_of(models, "maths-b") == "")


def problem_of(models: Models, name: str) -> str:
    """Why a model does not answer; empty where it does."""
    try:
        models.find(name)
    except NotReady as error:
        return str(error)
    return ""


def test_made_up_names_do_not_take_the_place_of_models(many: Path) -> None:
    """Also where it can't be told whether there are such: nothing of them is kept."""
    models = Models(settings_for(many, models=("*",), max_loaded=2), Metrics())
    models.find("maths-a")
    for number in range(3):
        (many / f"maths-{number}").write_text("no folder")

    for number in range(3):
        with pytest.raises((ModelNotFound, NotReady)):
            models.find(f"maths-{number}")

    assert models.loaded().keys() == {"maths-a"}
    assert models.must_load("maths-b")
    assert not models.must_load("maths-a")
    assert not models.must_load("maths-0")  # which is known, for a moment


def test_without_a_default_model_the_listing_is_what_is_ready(many: Path) -> None:
    """It is once the folder of stores can be listed."""
    away = many.with_name("away")
    many.rename(away)
    models = Models(settings_for(many), Metrics())
    models.start()

    with pytest.raises(NotReady, match=r"many can't be read: No such file"):
        models.check_ready()
    with pytest.raises(StoreError):
        list_models(many)
    assert list_models(away) == NAMES


def test_a_folder_of_stores_that_is_away_for_a_while_changes_nothing(
    many: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The service stays ready, as with a default model; what is loaded answers."""
    monkeypatch.setattr("service.versions.models.LIST_AGAIN_S", 0.1)
    models = Models(settings_for(many), Metrics())
    models.start()
    models.find("maths-a")

    many.rename(many.with_name("away"))

    eventually(lambda: f"{many} can't be read" in caplog.text)
    assert models.check_ready() is None
    assert models.find("maths-a").manifest.version == 1


def test_models_are_listed_with_what_serves_of_each(many: Path) -> None:
    """Loaded or not, with the problem of one that has any; none is loaded for it."""
    (many / "maths-f/1").rename(many / "f")
    models = Models(settings_for(many), Metrics())
    models.start()
    models.find("maths-a")

    listed = describe_models(models, models.names())

    by_name = {entry.pop("name"): entry for entry in listed}
    assert list(by_name) == NAMES
    published = {entry.pop("published") for name, entry in by_name.items() if name != "maths-f"}
    assert all(str(time).startswith("20") for time in published)
    for name, entry in by_name.items():
        if name != "maths-f":
            assert 0 <= entry.pop("age_s") < 3600
            is_loaded = name == "maths-a"
            assert entry == {"version": 1, "verdict": "insufficient_data", "loaded": is_loaded, "problem": None}
    assert by_name["maths-f"]["version"] is by_name["maths-f"]["age_s"] is None
    assert "no version of 'maths-f' is published" in str(by_name["maths-f"]["problem"])
    assert models.loaded().keys() == {"maths-a"}


@pytest.mark.parametrize("time", ["", "yesterday", "2026-01-01", "0001-01-01T00:00:00+23:59"])
def test_a_history_without_a_time_is_listed_all_the_same(many: Path, time: str) -> None:
    """And so are all others, each with its age."""
    history = many / "maths-b/history.jsonl"
    history.write_text(re.sub(r'"time": "[^"]*"', f'"time": "{time}"', history.read_text()))
    models = Models(settings_for(many), Metrics())
    models.start()

    listed = {entry["name"]: entry for entry in describe_models(models, models.names())}

    assert (listed["maths-b"]["version"], listed["maths-b"]["problem"]) == (1, None)
    assert [name for name, entry in listed.items() if entry["age_s"] is None] in ([], ["maths-b"])


def test_a_link_that_leads_nowhere_hurts_no_other_model(many: Path) -> None:
    """To itself, or to what lies in a file: it is no model, and the others are listed."""
    (many / "maths-x").symlink_to("maths-x")
    (many / "maths-y").symlink_to(many / "maths-a/history.jsonl/1")
    (many / "maths-z").symlink_to(many / "nowhere")
    (many / "maths-g").symlink_to(many / "maths-a")
    models = Models(settings_for(many), Metrics())
    models.start()

    assert models.names() == [*NAMES, "maths-g"]
    assert models.check_ready() is None


def test_what_is_counted_of_a_model_names_it(many: Path) -> None:
    """Of one that is let go of nobody says any more that it is loaded; it is no alarm that it is not."""
    metrics = Metrics()
    models = Models(settings_for(many, max_loaded=1), metrics)

    models.find("maths-a")
    models.find("maths-b")

    said = metrics.exposition().decode()
    assert 'passfail_serving_version{model="maths-b"} 1.0' in said
    assert 'passfail_serving_version{model="maths-a"}' not in said
    assert 'passfail_refused_versions_total{model="maths-a"} 0.0' in said
    models.find("maths-a")
    assert 'passfail_serving_version{model="maths-a"} 1.0' in metrics.exposition().decode()
