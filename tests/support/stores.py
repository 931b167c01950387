"""Stores that the real job fills, and what is asked of the models in them."""

import json
import random
from pathlib import Path
from typing import Any

from tests.support.processes import run

STUDENT = {"study_hours": 6, "sleep_hours": 5}
ODD_HEADER = ["class", "self", "Study hours/week", "Présence %", "study hours-week", "school", "mood"]
# A student of the table `odd`.
ODD = {
    "class": 1,
    "self": 0.5,
    "Study hours/week": None,
    "Présence %": 90,
    "study hours-week": 1,
    "school": "Lycée",
    "mood": None,
}


def train(models: Path, *arguments: str | Path) -> dict[str, Any]:
    """Run the training job and return what it prints as JSON."""
    done = run("training", "run", *arguments, "--models", models, "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def make_wide(folder: Path, num_features: int) -> Path:
    """Train a model `wide` with so many numbers that can all be changed, quickly, as version 1 in a folder."""
    chance = random.Random(0)
    names = [f"x{number}" for number in range(num_features)]
    rows = [[round(chance.gauss(0, 1), 2) for _ in names] for _ in range(150)]
    lines = [",".join([*names, "passed"]), *(",".join([*map(str, row), str(int(sum(row) > 0))]) for row in rows)]
    (folder / "wide.csv").write_text("\n".join(lines))
    target = 'name = "wide"\ndata = "wide.csv"\n[target]\ncolumn = "passed"\npositive = "1"\nlabels = ["no", "yes"]\n'
    features = "".join(f'[[features]]\nname = "{name}"\nkind = "number"\nactionable = "both"\n' for name in names)
    (folder / "wide.toml").write_text(f"{target}{features}[training]\nhidden_units = [4]\nepochs = 10\nmembers = 2\n")
    train(folder, folder / "wide.toml")
    return folder
