"""The application over both engines, in this process."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings


@pytest.fixture(scope="session", params=["litert", "tensorflow"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine: the whole API must answer the same over both."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def client(students: Path, engine: str) -> FlaskClient:
    """A client of the service with the 15 students, and small limits."""
    settings = Settings(models_dir=students, engine=engine, max_instances=50, max_body_bytes=20_000)
    return create_app(settings).test_client()


@pytest.fixture(scope="session")
def odd_client(odd: Path, engine: str) -> FlaskClient:
    """A client of the service with the odd table: categories, nulls, an id."""
    return create_app(Settings(models_dir=odd, model="odd", engine=engine)).test_client()
