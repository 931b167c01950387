"""Tries whether LiteRT runs a version and gives its golden answers, in a process of its own with limits.

A network that was made to do harm has digests that fit. Within this it takes no more than some time and memory.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from registry.contract.golden import MAX_DIFFERENCE, Golden
from registry.errors import BrokenVersion
from registry.store.manifest import MANIFEST, Manifest
from registry.store.model_store import GOLDEN, LITERT_MODEL, VerifiedVersion

MOST_BYTES = 2**30  # of address space; 140 MB are needed with the largest network known
MOST_S = 30  # of processor time, and twice that by the clock; a tenth of a second is needed, and one to start
_DIFFERS = 3
_FILES = (MANIFEST, GOLDEN, LITERT_MODEL)


def try_version(version: VerifiedVersion) -> None:
    """Try a version that its manifest says LiteRT runs: the very bytes that were checked.

    Args:
        version: As it was read from a store.

    Raises:
        BrokenVersion: LiteRT can't run it within the limits, or its answers are not the golden ones.
    """
    if not version.manifest.is_proven("litert"):
        return
    number = version.manifest.version
    # A thread for each processor would need address space for each.
    environ = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="passfail-trial-") as folder:
        for path in _FILES:
            content = version.manifest.to_json() if path == MANIFEST else version.files.get(path)
            if content is not None:
                (Path(folder) / Path(path).name).write_bytes(content)
        command = [sys.executable, "-m", "registry.trial", folder]
        try:
            # What it writes is a library's, and may have been put into its mouth.
            code = subprocess.run(
                command,
                cwd=Path(__file__).parent.parent,
                env=environ,
                capture_output=True,
                timeout=2 * MOST_S,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
    if code == _DIFFERS:
        raise BrokenVersion(f"version {number}: answers differ from golden by more than {MAX_DIFFERENCE:g}")
    if code != 0:
        limits = f"{MOST_BYTES // 2**20} MiB and {MOST_S} s"
        raise BrokenVersion(f"version {number}: {LITERT_MODEL} or {GOLDEN} can't be used within {limits}")


def main() -> int:
    """Try the version whose files are in the folder that the argument names."""
    for what, most in ((resource.RLIMIT_AS, MOST_BYTES), (resource.RLIMIT_CPU, MOST_S), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (lowest, lowest))
    from registry.contract.litert import make_interpreter  # the limits first

    manifest, content, network = ((Path(sys.argv[1]) / Path(path).name).read_bytes() for path in _FILES)
    schema = Manifest.from_json(manifest).schema
    golden = Golden.from_json(content, schema)
    answers = make_interpreter(network).get_signature_runner()(encoded=schema.encode(golden.columns))
    difference = golden.difference(answers["probability"], answers.get("spread"))
    return 0 if difference <= MAX_DIFFERENCE else _DIFFERS  # NaN is not <= either


if __name__ == "__main__":
    sys.exit(main())
