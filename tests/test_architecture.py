"""The arrows: training → registry ← service, and nothing else."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("registry", "training", "service")
HEAVY = {"tensorflow", "keras", "sklearn", "scipy", "pandas", "matplotlib", "tqdm"}
FORBIDDEN = {
    "registry": {"training", "service", "flask", "gunicorn"} | HEAVY,
    "training": {"service", "flask", "gunicorn"},
    "service": {"training"} | HEAVY,
}
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level names of everything that a module imports, in functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            names.add(str(node.module).partition(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_package_may(path: Path) -> None:
    """TensorFlow in one file of the service, and no way from service to training or back."""
    package = path.relative_to(ROOT).parts[0]
    allowed = {"service/engines.py": {"tensorflow"}, "service/score_file.py": {"tqdm"}}

    assert imported(path) & (FORBIDDEN[package] - allowed.get(path.relative_to(ROOT).as_posix(), set())) == set()


def test_tensorflow_is_imported_only_where_its_engine_is_built() -> None:
    """Inside a function: the service does not load it unless the engine is chosen."""
    tree = ast.parse((ROOT / "service/engines.py").read_text(encoding="utf-8"))

    at_import = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}

    assert "tensorflow" in imported(ROOT / "service/engines.py")
    assert "tensorflow" not in at_import


def test_the_server_core_stands_on_the_base_worker_alone() -> None:
    """Of gunicorn nothing but that; and it knows neither Flask nor what is served."""
    core = [path for path in MODULES if path.is_relative_to(ROOT / "service/server")]
    names = set()
    for path in core:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.add(str(node.module))
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}

    of_gunicorn = {name for name in names if name.startswith("gunicorn")}
    ours = {
        name for name in names if name.startswith(("service", "registry")) and not name.startswith("service.server")
    }
    assert of_gunicorn == {"gunicorn.workers.base"}
    assert ours == {"service.settings"}
    assert not names & {"flask", "werkzeug", "marshmallow", "numpy"}


def test_every_module_says_what_it_is_for() -> None:
    """A newcomer opens a file and reads its first line."""
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
