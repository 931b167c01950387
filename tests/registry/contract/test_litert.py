"""LiteRT as both sides run it: quietly, and as many interpreters as there are threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry.contract.litert import make_interpreter
from registry.store.model_store import LITERT_MODEL
from tests.support import DEADLINE_S, ROOT

PROGRAM = """
import os, sys
from pathlib import Path
from registry.contract import litert
content = Path(sys.argv[1]).read_bytes()
with litert._without_announcement():
    os.write(2, b"one\\n")
    litert.Interpreter(model_content=content).allocate_tensors()
    os.write(2, b"two\\n")
litert.make_interpreter(content)
os.write(2, b"three\\n")
"""


def test_nothing_is_announced_and_nothing_else_is_lost(students: Path) -> None:
    """The log is JSON, line by line: the library's own line would break it."""
    command = [sys.executable, "-c", PROGRAM, str(students / "pass_fail/1" / LITERT_MODEL)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=True)

    assert done.stderr == "one\ntwo\nthree\n"


def test_bytes_that_are_no_model_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    """And what is written afterwards is seen again."""
    with pytest.raises(ValueError, match=r".+"):
        make_interpreter(b"no model")
    os.write(2, b"seen")

    assert capfd.readouterr().err.endswith("seen")


def test_nothing_is_written_to_load_a_model(students: Path) -> None:
    """Where no file can have a byte, as on a full disk; nor need there be a stderr."""
    program = """
import os, resource, sys
from pathlib import Path
from registry.contract.litert import make_interpreter
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
if sys.argv[2] == "closed":
    os.close(2)
make_interpreter(Path(sys.argv[1]).read_bytes())
"""
    for stderr in ("open", "closed"):
        command = [sys.executable, "-c", program, str(students / "pass_fail/1" / LITERT_MODEL), stderr]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)

        assert (done.returncode, done.stderr) == (0, "")
