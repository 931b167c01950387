"""Draws `docs/terminal.svg`: a real training run, a prediction, and a mistake with its answer."""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parent.parent
PORT = "8765"
REQUESTS = ({"study_hours": 6, "sleep_hours": 5}, {"study_hours": 25, "sleep_hour": 5})


def ask(student: Mapping[str, float]) -> str:
    """POST a student; returns the answer, wrapped, without the id that differs each time."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/predict", json.dumps(student).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            document = json.load(answer)
    except urllib.error.HTTPError as error:
        document = json.load(error)
        del document["request_id"]
    text = json.dumps(document, ensure_ascii=False)
    return re.sub(r'("errors": \[|}, )(?={)', r"\1\n  ", text)


def wait_until_ready() -> None:
    """Wait for the service."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz").close()
            return
        except OSError:
            time.sleep(0.1)


def main() -> None:
    """Train in a folder of its own, serve it, ask, draw."""
    console = Console(record=True, width=126, file=io.StringIO())

    def type_in(command: str) -> None:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))

    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"PORT": PORT, "PYTHONPATH": str(ROOT)}
        train = [sys.executable, "-m", "training", "run"]
        done = subprocess.run(train, cwd=folder, env=environ, capture_output=True, text=True, check=True)
        type_in("python -m training run")
        console.print(Text(done.stdout))
        service = subprocess.Popen(
            [sys.executable, "-m", "service"], cwd=folder, env=environ, stderr=subprocess.DEVNULL
        )
        try:
            wait_until_ready()
            for student in REQUESTS:
                type_in(f"curl localhost:8000/predict -H 'content-type: application/json' -d '{json.dumps(student)}'")
                console.print(Text(ask(student) + "\n"))
        finally:
            service.terminate()
            service.wait()
    svg = console.export_svg(title="passfail", theme=MONOKAI)
    # Rich names a font on another host; the reader's own will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (ROOT / "docs/terminal.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
