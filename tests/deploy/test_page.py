"""The page on orchestrators: one name for each block; those for Docker Swarm are run by tests/containers/cluster."""

import re

from tests.support import ROOT
from tests.support.pages import Page

PAGE = Page("docs/deploy.md")
(
    STACK_IMAGES,
    STACK_KEY,
    STACK_DEPLOY,
    STACK_UPGRADE,
    STACK_REFRESH,
    STACK_ROLLBACK,
    STACK_STORAGE,
    SECRETS,
    APPLY,
) = (text for _, text in PAGE.blocks)


def test_the_table_is_what_the_stack_file_takes() -> None:
    """Each variable, those within sentences too, and no other."""
    stack = (ROOT / "deploy/swarm.yml").read_text(encoding="utf-8")
    section = PAGE.section("Docker Swarm")

    named = {name for name in re.findall(r"`([A-Z_]+)`", section) if not name.startswith("AWS_")}

    assert named == set(re.findall(r"\$\{([A-Z_]+)", stack))
