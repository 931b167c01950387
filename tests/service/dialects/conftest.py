"""A model of one input."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings
from tests.support.stores import once, train


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a model by the name of the documentation's toy: its one input, x, and one network."""
    return once(tmp_path_factory, "half-plus-three", make_half_plus_three) / "models"


@pytest.fixture(scope="session")
def half_plus_three(toy: Path, engine: str) -> FlaskClient:
    """A client of the service with it."""
    return create_app(Settings(models_dir=toy, model="half_plus_three", engine=engine)).test_client()


def make_half_plus_three(folder: Path) -> None:
    rows = "".join(f"{x},{int(x > 3)}\n" for x in range(12))
    (folder / "table.csv").write_text(f"x,passed\n{rows}")
    (folder / "table.toml").write_text(
        'name = "half_plus_three"\ndata = "table.csv"\n[target]\ncolumn = "passed"\npositive = "1"\n'
        '[[features]]\nname = "x"\nkind = "number"\n[training]\nepochs = 20\nmembers = 1\n'
    )
    train(folder / "models", folder / "table.toml")
