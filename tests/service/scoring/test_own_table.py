"""A table as a school has it, from the file to an answered class: what `init` took, the service takes."""

import csv
import io
import json
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tests.support.proposals import call
from tests.support.scoring import score
from tests.support.stores import once, train

ROWS = 120
HEADER = "Name;Anwesenheit;Quiz;Lernzeit;Minuten;Übung;Aufsatz;bestanden"


def write() -> str:
    """A line for the delimiter, a title, percentages, points, units, thousands, odd cells, an average at the end."""
    lines = ["sep=;", "Klasse 7b, 2025/26;;;;;;;", ";;;;;;;", HEADER]
    for row in range(ROWS):
        essay = "abwesend" if row % 40 == 7 else "-" if row % 30 == 3 else f"{row % 21}"
        cells = [
            f"Müller, Ada {row}",
            f"{50 + row * 7 % 50},5 %" if row % 3 else f"{50 + row * 7 % 50}%",
            f"{row * 5 % 21}/20",
            f"{row % 6} h" if row % 7 else f"{row % 6} Stunden",
            f"{row % 2 + 1}.{row * 13 % 900 + 100}" if row % 4 else f"{row % 800 + 100}",
            ["nie", "selten", "oft"][row * 3 % 7 % 3],
            essay,
            "ja" if (row * 7 % 50) + row * 5 % 21 + row % 9 > 34 else "nein",
        ]
        lines.append(";".join(cells))
    return "\r\n".join([*lines, "Durchschnitt;70 %;10;3 h;1.100;oft;10;", ""])


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table, its dataset file as `init` proposed it, and a store trained by it. Not to be written to."""

    def make(folder: Path) -> None:
        result = call(folder, write().encode("cp1252"), "--target", "bestanden")
        assert (result.code, result.error) == (0, "")
        result.path.write_text(result.text + "epochs = 2\nmembers = 1\n")
        train(folder / "models", result.path)

    return once(tmp_path_factory, "own", make)


def test_the_service_answers_the_very_file_that_was_trained_on(own: Path, engine: str) -> None:
    """Every student; the average is refused in words."""
    client = create_app(Settings(models_dir=own / "models", engine=engine)).test_client()

    answer = client.post("/score", data=(own / "table.csv").read_bytes(), content_type="text/csv").get_json()

    assert [row["row"] for row in answer["rows"]] == list(range(1, ROWS + 1))
    assert answer["header"] == HEADER.split(";")
    assert answer["rows"][0]["cells"][0] == "Müller, Ada 0"
    assert {name: values[:4] for name, values in answer["features"].items()} == {
        "Anwesenheit": [50, 57.5, 64.5, 71],
        "Quiz": [0, 5, 10, 15],
        "Lernzeit": [0, 1, 2, 3],
        "Minuten": [100, 2113, 1126, 2139],
        "Übung": ["nie", "nie", "nie", "oft"],
        "Aufsatz": [0, 1, 2, None],
    }
    assert answer["faults"] == [
        {"row": ROWS + 1, "line": ROWS + 5, "column": "", "detail": 'is no student\'s: "Durchschnitt" stands in it'}
    ]


def test_the_command_line_answers_it_too(own: Path, tmp_path: Path, engine: str) -> None:
    """Without being told encoding, delimiter or decimal mark; what it writes opens as what it read."""
    done = score(own / "models", own / "table.csv", "-o", tmp_path / "out.csv", SERVICE_ENGINE=engine)

    assert done.returncode == 0, done.stderr
    assert f"scored {ROWS} rows" in done.stderr
    assert "1 rows are no students', such as totals, and left out" in done.stderr
    written = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_bytes().decode("cp1252")), delimiter=";"))
    assert written[0] == [*HEADER.split(";"), "probability", "label", "decision", "risk", "risk_level"]
    assert len(written) == ROWS + 1
    assert "Durchschnitt" in (tmp_path / "out.faults.csv").read_bytes().decode("cp1252")


def test_json_takes_numbers_alone(own: Path, engine: str) -> None:
    """However a table writes them."""
    client = create_app(Settings(models_dir=own / "models", engine=engine)).test_client()
    student = {"Anwesenheit": 85, "Quiz": 12, "Lernzeit": 5, "Minuten": 1200, "Übung": "oft", "Aufsatz": None}

    assert client.post("/predict", json=student).status_code == 200
    refused = client.post("/predict", json=student | {"Anwesenheit": "85%", "Quiz": "12/20"})
    assert [error["pointer"] for error in json.loads(refused.data)["errors"]] == ["/Anwesenheit", "/Quiz"]
