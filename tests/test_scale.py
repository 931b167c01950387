"""The page on growing: its move from a folder to object storage, typed as it stands there while a service is asked."""

import re
from pathlib import Path

from tests.support.http import ask
from tests.support.pages import Page, make_checkout, shell, started

PAGE = Page("docs/scale.md")
COPY, MOVE, TRAIN = (text for _, text in PAGE.blocks)
STUDENT = {"study_hours": 6, "sleep_hours": 5}


def test_a_move_takes_no_stop(address: str, students: Path, tmp_path: Path) -> None:
    """What is asked meanwhile is answered from the folder, then by the same bytes from object storage."""
    checkout = make_checkout(tmp_path / "checkout", students)
    copy, move, train = (block.replace("s3://models/school", address) for block in (COPY, MOVE, TRAIN))

    with started("python -m service 2>> service.log\n", checkout) as old:
        shell(copy, checkout)
        with started(move, checkout) as new:
            before, after = (ask(f"http://{place}/predict", STUDENT) for place in (old, new))
            listed = shell(train, checkout).stdout
            still = ask(f"http://{old}/predict", STUDENT)

    assert before.status == after.status == still.status == 200
    assert before.body == after.body == still.body
    assert re.search(r"^ +2 ", listed, re.MULTILINE)
