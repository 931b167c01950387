"""The law of rooms: which room may know which other, and which alone may know a heavy library."""

import ast
import re
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGES = ("registry", "training", "service")
# What a room may import of the others. A package's hall, the files beside its rooms, is listed file by file; those that
# are not here put the rooms together, and may know all of their package.
ALLOWED = {
    "registry.errors": "",
    "registry.command_line": "",
    "registry.named_file": "",
    "registry.key_file": "registry.named_file",
    "registry.limits": "",
    "registry.contract": "",
    "registry.tasks": "registry.errors registry.limits",
    "registry.store": "registry.contract registry.errors registry.key_file registry.named_file",
    "service.errors": "",
    "service.settings": "registry.errors registry.key_file registry.limits registry.store",
    "service.server": "service.settings",
    "service.telemetry": "service.server",
    "service.engines": "registry.contract registry.errors registry.store service.errors service.server",
    "service.web": "registry.key_file service.errors service.server service.telemetry",
    "service.reading": "registry.contract service.errors service.web",
    "service.reasons": "registry.contract service.engines",
    "service.versions": "registry.contract registry.errors registry.store service.engines service.errors "
    "service.reading service.reasons service.settings service.telemetry",
    "service.scoring": "registry.command_line registry.contract registry.errors registry.store "
    "registry.tasks service.errors "
    "service.settings service.versions",
    "service.routes": "registry.contract registry.errors registry.store service.context service.engines service.errors "
    "service.reading service.reasons service.server service.settings service.telemetry service.versions service.web",
    "service.dialects": "registry.contract registry.store service.context service.errors service.reading "
    "service.server service.settings service.versions service.web",
    "service.context": "service.settings service.telemetry service.versions",
    "service.page": "",
    "service.viewer": "",
    "training.config": "registry.contract registry.named_file registry.store",
    "training.errors": "",
    "training.progress": "",
    "training.plan": "training.config training.statistics training.table",
    "training.datasets": "",
    "training.terms": "",
    "training.table": "registry.contract registry.named_file training.config training.terms",
    "training.proposal": "registry.command_line registry.contract registry.store training.config training.table "
    "training.terms",
    "training.statistics": "registry.contract training.config training.table",
    "training.network": "registry.contract training.config training.plan training.progress training.statistics "
    "training.table",
    "training.evaluation": "registry.contract training.config training.network training.plan training.statistics "
    "training.table",
    "training.already_there": "registry.errors registry.store training.config training.publishing training.table",
    "training.start": "training.evaluation training.job",
    "training.publishing": "registry.contract registry.errors registry.store training.config training.errors "
    "training.network training.statistics training.table",
    "training.promotion": "registry.contract registry.errors registry.store training.config training.evaluation "
    "training.network training.plan training.publishing training.statistics training.table",
    "training.several": "registry.command_line registry.errors registry.key_file registry.store "
    "registry.tasks training.already_there training.config training.errors training.network training.report "
    "training.start training.table",
    "training.report": "registry.contract registry.store training.evaluation training.network training.promotion "
    "training.statistics training.table",
}
# Which rooms or files may import what not every reader of a version has, or wants to wait for.
LIBRARIES = {
    "tensorflow": "training service.engines.tensorflow",
    "keras": "training.network training.evaluation training.publishing",
    "sklearn": "training",
    "scipy": "training",
    "joblib": "training.evaluation",
    "distributed": "registry.tasks.cluster",
    "obstore": "registry.store.places.object_storage",
    "openpyxl": "registry.contract.table.workbook registry.contract.table.cell_format",
    "matplotlib": "training.report",
    "pandas": "",
    "click": "registry.command_line registry.__main__ service.__main__ training.__main__ training.proposal.init",
    "tomlkit": "training.proposal.dataset_toml",
    "tqdm": "training service.scoring",
    "flask": "service.routes service.dialects service.web service.reading service.telemetry service.app",
    "gunicorn": "service.server service.gunicorn_conf service.__main__",
    "apispec": "service.web",
    "marshmallow": "registry service.reading training.config training.promotion",
    "prometheus_client": "service.telemetry",
}
MOST_FILES = 14  # of its own in a folder, about a dozen: what can be taken in at a glance
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def dotted(path: Path) -> str:
    """A module's name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported(path: Path) -> set[str]:
    """The modules that a module imports, in functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            for alias in node.names:
                of_package = (ROOT / Path(*str(node.module).split("."), alias.name)).with_suffix("")
                is_module = of_package.is_dir() or of_package.with_suffix(".py").exists()
                names.add(f"{node.module}.{alias.name}" if is_module else str(node.module))
    return names


def room(module: str) -> str:
    """The first two parts of a module's name."""
    return ".".join(module.split(".")[:2])


def is_within(module: str, places: str) -> bool:
    """Whether a module is one of some rooms or files, or in one."""
    return any(module == place or module.startswith(f"{place}.") for place in places.split())


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    """No way from service to training or back, none from the contract to what uses it."""
    module = dotted(path)
    ours = {name for name in imported(path) if name.split(".")[0] in PACKAGES and room(name) != room(module)}

    package = module.split(".")[0]
    shared = ("command_line", "contract", "errors", "key_file", "limits", "store", "tasks")
    hall = [f"registry.{name}" for name in shared] + [package]
    allowed = ALLOWED[room(module)].split() if room(module) in ALLOWED else hall
    assert {name for name in ours if not is_within(name, " ".join(allowed))} == set()


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_library_is_imported_only_where_it_may_be(path: Path) -> None:
    """TensorFlow in one file of the service; Flask nowhere that is asked without a request."""
    module = dotted(path)
    libraries = {name.partition(".")[0] for name in imported(path)} & LIBRARIES.keys()

    assert {library for library in libraries if not is_within(module, LIBRARIES[library])} == set()


def test_every_arrow_that_is_allowed_is_used() -> None:
    """What nobody needs any more is not allowed any more."""
    used = {(room(dotted(path)), room(name)) for path in MODULES for name in imported(path)}

    assert {(one, other) for one, others in ALLOWED.items() for other in others.split()} - used == set()


def test_every_room_is_listed() -> None:
    """A new one says what it may know before it is used."""
    folders = {".".join(path.relative_to(ROOT).parts[:2]) for path in MODULES if len(path.relative_to(ROOT).parts) > 2}

    assert folders - ALLOWED.keys() == set()


def test_no_folder_is_a_corridor() -> None:
    """Of a room's files each is found by a look at it."""
    folders = {path.parent for path in MODULES}

    assert {folder: num for folder in folders if (num := len(list(folder.glob("*.py")))) > MOST_FILES} == {}


def test_the_page_has_rooms_too() -> None:
    """What is above knows what is below, never the reverse; the page's parts do not know one another."""
    page = ROOT / "service/page"
    floors = ("core", "api", "widgets", "parts")
    for path in page.rglob("*/*.js"):
        own = path.relative_to(page).parts
        for name in re.findall(r'(?:from |import\()"(\.[^"]+\.js)"', path.read_text(encoding="utf-8")):
            other = (path.parent / name).resolve().relative_to(page).parts
            assert floors.index(other[0]) <= floors.index(own[0]), (path, name)
            assert own[0] != "parts" or other[0] != "parts" or other[1] == own[1], (path, name)


def test_tensorflow_is_imported_only_when_its_engine_is_built() -> None:
    """Inside a function: the service does not load it unless the engine is chosen."""
    path = ROOT / "service/engines/tensorflow.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))

    at_import = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}

    assert "tensorflow" in imported(path)
    assert "tensorflow" not in at_import


def test_the_server_core_stands_on_the_base_worker_alone() -> None:
    """Of gunicorn nothing but that; and it knows neither Flask nor what is served."""
    names = {name for path in MODULES if room(dotted(path)) == "service.server" for name in imported(path)}

    assert {name for name in names if name.startswith("gunicorn")} == {"gunicorn.workers.base"}
    assert not {name.partition(".")[0] for name in names} & {"flask", "werkzeug", "marshmallow", "numpy", "registry"}


def test_every_module_says_what_it_is_for() -> None:
    """A newcomer opens a file and reads its first line."""
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
