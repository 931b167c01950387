"""Several files scored in one run, each in a process of its own, here or on a cluster."""

import glob
import secrets
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from registry.command_line import echo
from registry.store.model_store import ModelStore
from registry.store.places import object_storage
from registry.tasks.run import run_tasks
from registry.tasks.task import Task
from service.scoring.scoring import OF_WORKBOOKS, TERMINATED, Scoring, Unusable, faults_path, score_elsewhere

_BYTES = {"tensorflow": 2**30}  # of a process that scores, by the engine
_BYTES_OF_OTHERS = 2**27


def is_pattern(source: str) -> bool:
    """Whether a name stands for all files that match it, and is none itself."""
    return glob.has_magic(source) and not Path(source).exists()


def score_files(sources: Sequence[str], how: Scoring, jobs: int | None, cluster: str | None) -> int:
    """Score files, all by the version that is in use now; one that fails is named, and the others go on.

    Args:
        sources: Paths of the tables, and patterns of such.
        how: To score each; its output is the folder for all, or blank where each has its own beside it.
        jobs: Processes at once on this machine; None: as many as it has processors and memory for.
        cluster: Address of a scheduler, whose workers see the same files; None: this machine.

    Returns:
        Exit code: 0 done; 2 bad usage, nothing written; 1 a file failed, or has rows at fault.

    Raises:
        StoreError: There is no version.
        ClusterError: The cluster can't be used; what was written stays.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # an exception: what is at work is ended
    try:
        outputs = _outputs(_expand(sources), how.output)
    except Unusable as error:
        echo(f"error: {error}", err=True)
        return 2
    settings, run = how.settings, f"{secrets.token_hex(8)}."
    store = ModelStore(settings.models_dir, settings.model, trusted_keys=settings.trusted_keys)
    version = str(store.resolve(settings.version))
    settings = replace(settings, version=version, models_dir=object_storage.absolute(settings.models_dir))
    tasks = (
        Task(source, score_elsewhere, replace(how, source=absolute(source), output=output, settings=settings, run=run))
        for source, output in outputs.items()
    )
    bytes_each = _BYTES.get(settings.engine, _BYTES_OF_OTHERS)
    results = run_tasks(tasks, len(outputs), bytes_each, jobs=jobs, cluster=cluster)
    codes = []
    try:
        with tqdm(total=len(outputs), unit=" files", disable=None) as bar, closing(results):
            for result in results:
                code, said = (1, f"error: {result.error}") if result.error is not None else result.value
                codes.append(code)
                with tqdm.external_write_mode():
                    echo(f"{result.task.name}: {said}", err=True)
                bar.update()
    finally:
        for output in outputs.values():  # what processes that were killed have left half written
            for part in Path(output).parent.glob(f".{glob.escape(Path(output).stem)}.*{run}*.part"):
                part.unlink(missing_ok=True)
    return 1 if any(codes) else 0


def absolute(path: str) -> str:
    """A path that leads to the same file from any folder."""
    return str(Path(path).absolute())


def _expand(sources: Sequence[str]) -> list[str]:
    """Every file once, in the order of the names; those that match a pattern sorted."""
    found: dict[str, None] = {}
    for source in sources:
        if source == "-":
            raise Unusable("stdin is no file among others; score it in a run of its own")
        if not is_pattern(source):
            found[source] = None
            continue
        matching = sorted(glob.glob(source, recursive=True))
        if not matching:
            raise Unusable(f"no file matches {source}")
        found |= dict.fromkeys(matching)
    return list(found)


def _outputs(sources: Sequence[str], folder: str) -> dict[str, str]:
    """Where each file goes: to its own name in the folder; or beside it as NAME.scored.csv.

    A file that another is written to is left out: it is what an earlier run wrote.

    Raises:
        Unusable: Two would be written to one place, or one over what is read.
    """

    def output(source: str) -> str:
        path = Path(source)
        if path.suffix.lower() in OF_WORKBOOKS:
            path = path.with_suffix(".csv")
        return absolute(str(Path(folder, path.name) if folder else path.with_name(f"{path.stem}.scored{path.suffix}")))

    outputs = {source: output(source) for source in sources}
    if not folder:
        written = {path for at in outputs.values() for path in (at, faults_path("", at, None))}
        outputs = {source: at for source, at in outputs.items() if absolute(source) not in written}
    taken = {absolute(source): source for source in outputs}
    for source, at in outputs.items():
        for path in filter(None, (at, faults_path("", at, None))):
            if path in taken:
                raise Unusable(
                    f"{source} would be written to {path}, and so would {taken[path]}, or it is read; "
                    "name another folder, or score one of them in a run of its own"
                )
            taken[path] = source
    if folder:
        try:
            Path(folder).mkdir(exist_ok=True)
        except OSError as error:
            raise Unusable(f"{folder}: is no folder to write several files to ({error.strerror})") from error
    return outputs
