"""All pages: no block that no test runs, no link into nothing, no table that says other than the code."""

import ast
import importlib
import json
import os
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from service.settings import VARIABLES
from tests.support import ROOT
from tests.support.pages import Page, every_page, make_checkout, shell, started
from training.config import TrainingConfig

PAGES = every_page()
# Page → the tests that know each of its blocks by a name, since what comes of it is looked at or waited for.
BY_NAME = {
    "CONTRIBUTING.md": "tests.test_contributing",
    "README.md": "tests.test_readme",
    "docs/deploy.md": "tests.deploy.test_page",
    "docs/operators.md": "tests.test_operators",
    "docs/performance.md": "tests.benchmarks.test_benchmarks",
    "docs/scale.md": "tests.test_scale",
}
# Page whose blocks are run here, from the first to the last in one shell → what they print, among other things.
IN_ORDER = {
    "docs/api.md": ['"predictions"', '"contributions"', '"recourse"', '"manifest"', '"outputs"'],
    "docs/train.md": [
        "the notebook printed  0.60",
        "(challenger: the champion stays)",
        '"verdict"',
        ": ok, ",
        "tf.Tensor([0.69",
        "ONNX: [array([0.69",
    ],
    "docs/trust.md": ["verdict: insufficient_data", '"reasons"'],
}
# These use names of blocks too: what needs an engine, or a program that the page's other tests don't.
OTHERS = [
    "tests/containers/test_compose.py",
    "tests/containers/cluster/conftest.py",
    "tests/containers/cluster/test_swarm.py",
    "tests/deploy/test_kubernetes.py",
]
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")


def ids(page: Page) -> str:
    """A page's name."""
    return page.name


@pytest.mark.skipif(
    shutil.which("curl") is None and not os.environ.get("CI"), reason="curl is not installed; in CI it must be"
)
@pytest.mark.long
@pytest.mark.parametrize("page", [Page(name) for name in IN_ORDER], ids=ids)
def test_every_block_works_in_order(page: Page, tmp_path: Path, students: Path) -> None:
    """In one shell, beside a running service, as someone who reads on would type them; the Python too."""
    checkout = make_checkout(tmp_path / "passfail", students)
    blocks = [f"python - <<'END'\n{text}END\n" if language == "python" else text for language, text in page.blocks]

    with started("python -m service 2>> service.log", checkout) as address:
        printed = shell("".join(blocks), checkout, address).stdout

    assert {language for language, _ in page.blocks} <= {"sh", "python"}
    for text in IN_ORDER[page.name]:
        assert text in printed


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_no_block_is_left_out(page: Page) -> None:
    """Each is run in order, or has one name in the page's own tests, which use it; those for containers in theirs."""
    assert page.num_fenced == len(page.blocks)
    if page.name not in BY_NAME:
        assert page.name in IN_ORDER or not page.blocks
        return
    module = importlib.import_module(BY_NAME[page.name])
    used = {
        node.id
        for path in (f"{BY_NAME[page.name].replace('.', '/')}.py", *OTHERS)
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }

    names = page.names_in(module)

    assert sorted(names.values()) == sorted(text for _, text in page.blocks)
    assert names.keys() - used == set()


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_somewhere(page: Page) -> None:
    """To a file of the project, and to a heading that is there."""
    text = re.sub(r"^```.*?^```$", "", page.text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        file = (ROOT / page.name).parent / path if path else ROOT / page.name
        assert file.exists(), target
        if heading:
            assert heading in anchors(file.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """The names by which a page's headings are linked."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_what_is_named_within_a_sentence_is_there(page: Page) -> None:
    """Each target of make, each module to run, each benchmark: a command in backticks is no less a promise."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    benchmarks = Page("docs/performance.md").text
    for command in IN_BACKTICKS.findall(page.text):
        words = command.split()
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), command
        elif words[:2] == ["python", "-m"]:
            path = ROOT / words[2].replace(".", "/")
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), command
            assert not words[2].startswith("benchmarks.") or f"python -m {words[2]}" in benchmarks, command
        elif words[0] == "python":
            assert (ROOT / words[1]).exists(), command


def test_the_settings_tables_are_the_settings() -> None:
    """Each variable of the service and of compose is documented, and nothing else is; compose passes on all it may."""
    rows = re.findall(r"^\| `([A-Z_]+)` \|", Page("docs/settings.md").text, re.MULTILINE)
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    used = set(re.findall(r"\$\{([A-Z_]+)", compose)) - {"COMPOSE_PROJECT_NAME"}
    passed_on = re.findall(r"^      ([A-Z_]+):", compose, re.MULTILINE)

    assert sorted(rows) == sorted(VARIABLES.keys() | used)
    assert sorted(passed_on) == sorted(VARIABLES.keys() - {"PORT", "SERVICE_HOST", "SERVICE_MODELS_DIR"})


def test_the_training_table_is_the_training_options() -> None:
    """Each option of `[training]` is documented, with its default where it has one, and nothing else is."""
    section = Page("docs/train.md").section("The network, and what can be set")

    rows = re.findall(r"^\| (`.*?`) \| (.*?) \|", section, re.MULTILINE)

    documented = {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    config = asdict(TrainingConfig())
    assert sorted(documented) == sorted(config)
    for name, default in documented.items():
        if config[name] is not None:
            assert json.loads(default.strip("`")) == (list(config[name]) if name == "hidden_units" else config[name])
