"""Tries whether LiteRT runs a version and gives its golden answers, in a process of its own with limits.

A network that was made to do harm has digests that fit. Within this it takes no more than some time and memory.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

from registry.contract.golden import MAX_DIFFERENCE, Golden
from registry.errors import BrokenVersion
from registry.store.model_store import GOLDEN, LITERT_MODEL, ModelStore, VerifiedVersion

MOST_BYTES = 2**30  # of address space; 140 MB are needed with the largest network known
MOST_S = 30  # of processor time, and twice that by the clock; a tenth of a second is needed, and one to start
_DIFFERS = 3


def try_version(store: ModelStore, version: VerifiedVersion) -> None:
    """Try a version that its manifest says LiteRT runs.

    Args:
        store: Where it is.
        version: As it was read from there.

    Raises:
        BrokenVersion: LiteRT can't run it within the limits, or its answers are not the golden ones.
    """
    if not version.manifest.is_proven("litert"):
        return
    number = version.manifest.version
    command = [sys.executable, "-m", "registry.trial", str(store.folder.absolute()), str(number)]
    # A thread for each processor would need address space for each.
    environ = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    folder = Path(__file__).parent.parent
    try:
        # What it writes is a library's, and may have been put into its mouth.
        code = subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, timeout=2 * MOST_S, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        code = None
    if code == _DIFFERS:
        raise BrokenVersion(f"version {number}: answers differ from golden by more than {MAX_DIFFERENCE:g}")
    if code != 0:
        limits = f"{MOST_BYTES // 2**20} MiB and {MOST_S} s"
        raise BrokenVersion(f"version {number}: {LITERT_MODEL} or {GOLDEN} can't be used within {limits}")


def main() -> int:
    """Try the version of the store that the arguments name."""
    for what, most in ((resource.RLIMIT_AS, MOST_BYTES), (resource.RLIMIT_CPU, MOST_S), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (lowest, lowest))
    from registry.contract.litert import make_interpreter  # the limits first

    folder = Path(sys.argv[1])
    version = ModelStore(folder.parent, folder.name).read(int(sys.argv[2]))
    golden = Golden.from_json(version.files[GOLDEN], version.manifest.schema)
    run = make_interpreter(version.files[LITERT_MODEL]).get_signature_runner()
    answers = run(encoded=version.manifest.schema.encode(golden.columns))
    difference = golden.difference(answers["probability"], answers.get("spread"))
    return 0 if difference <= MAX_DIFFERENCE else _DIFFERS  # NaN is not <= either


if __name__ == "__main__":
    sys.exit(main())
