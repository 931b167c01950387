"""A run of several tables: which are to be trained, where, and what is said meanwhile and at the end."""

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from tqdm import tqdm

from registry import command_line
from registry.errors import StoreError
from registry.store.model_store import ModelStore
from registry.store.signatures import SigningKey, TrustedKeys
from registry.tasks.run import run_tasks
from registry.tasks.task import Task
from training.already_there import any_version, recipe_digest, same_champion
from training.config import DatasetFile, InvalidDatasetFile
from training.report.words import spaced
from training.several.table import TrainingTask, Verdict, tell, train_table
from training.table.dataset import InvalidData, load_dataset

_BYTES = 3 * 2**29  # of a process that trains: 0.8 GB on small tables, 1.3 on 30,000 rows
_TERMINATED = 128 + signal.SIGTERM


@dataclass(frozen=True)
class Table:
    """One of the tables.

    Attributes:
        named: As on the command line.
        dataset_file: What it holds; or what is wrong with that.
        recipe: `ensemble` or `notebook`.
    """

    named: str
    dataset_file: DatasetFile | InvalidDatasetFile
    recipe: str

    @property
    def model(self) -> str:
        """What people know it by."""
        return self.named if isinstance(self.dataset_file, InvalidDatasetFile) else self.dataset_file.name


@dataclass(frozen=True)
class Options:
    """What holds for every table of a run.

    Attributes:
        models: Address of the stores, the same wherever tables are trained.
        seed: Of everything drawn.
        if_none: Whether to pass over a model that has a version.
        if_changed: Whether to pass over a model whose champion would be made again.
        require_promotion: Whether it matters that each becomes champion.
        as_json: Whether a line of JSON is printed for each as it ends, rather than a table at the end.
        jobs: Processes at once on this machine; None: as many as it has processors and memory for.
        cluster: Address of a scheduler, which gives the tables to its workers; None: this machine.
        key: Signs versions.
        trusted: Who may have signed what is read.
    """

    models: str
    seed: int
    if_none: bool
    if_changed: bool
    require_promotion: bool
    as_json: bool
    jobs: int | None
    cluster: str | None
    key: SigningKey | None
    trusted: TrustedKeys | None


def train_several(tables: Sequence[Table], options: Options) -> int:
    """Train on each of some tables; one that fails is named, and the others go on.

    Returns:
        Exit code: 0 done; 1 a table failed; 3 one did not become champion, where that matters.

    Raises:
        InvalidDatasetFile: Two are of one model; nothing is trained then.
        ClusterError: The cluster can't be used; what was published stays.
    """
    _refuse_repeated(tables)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # an exception: what is at work is ended
    verdicts: dict[str, Verdict | str] = {}
    bar = tqdm(total=len(tables), unit=" tables", disable=None)

    def end(table: Table, verdict: Verdict | str) -> None:
        verdicts[table.model] = verdict
        with tqdm.external_write_mode():
            if isinstance(verdict, str):
                where = "" if verdict.startswith(table.named) else f"{table.named}: "
                command_line.echo(f"error: {where}{verdict}", err=True)
            if options.as_json:
                print(_as_json(table, verdict), flush=True)
        bar.update()

    def tasks() -> Iterator[Task]:
        for table in tables:
            bar.set_postfix_str(table.model)
            try:
                prepared = _prepare(table, options)
            except (InvalidDatasetFile, InvalidData, StoreError, OSError) as error:
                end(table, str(error))
                continue
            if isinstance(prepared, Verdict):
                end(table, prepared)
            else:
                yield Task(table.model, train_table, prepared)

    of_model = {table.model: table for table in tables}
    results = run_tasks(tasks(), len(tables), _BYTES, jobs=options.jobs, cluster=options.cluster)
    try:
        with bar, closing(results):
            for result in results:
                end(of_model[result.task.name], result.value if result.error is None else result.error)
    finally:
        if not options.as_json:
            command_line.echo(_table(tables, verdicts))
    if len(verdicts) < len(tables) or any(isinstance(verdict, str) for verdict in verdicts.values()):
        return 1
    new = [verdict for verdict in verdicts.values() if isinstance(verdict, Verdict) and verdict.is_new]
    return 3 if options.require_promotion and not all(verdict.champion for verdict in new) else 0


def _refuse_repeated(tables: Sequence[Table]) -> None:
    first: dict[str, str] = {}
    for table in tables:
        if table.model in first:
            raise InvalidDatasetFile(
                f"{first[table.model]} and {table.named} are both of the model {table.model!r}; "
                "give one of them another name, or train it in a run of its own"
            )
        first[table.model] = table.named


def _prepare(table: Table, options: Options) -> TrainingTask | Verdict:
    """What is to be done, or the version that is there already."""
    dataset_file = table.dataset_file
    if isinstance(dataset_file, InvalidDatasetFile):
        raise dataset_file
    store = ModelStore(options.models, dataset_file.name, trusted_keys=options.trusted, patient=True)
    there = any_version(store) if options.if_none else None
    if there is None:
        dataset = load_dataset(dataset_file)
        if options.if_changed:
            there = same_champion(store, dataset, recipe_digest(dataset_file, table.recipe), options.seed)
    if there is not None:
        return tell(store, store.manifest(there), is_new=False)
    return TrainingTask(
        dataset_file,
        replace(dataset, ids=None),
        table.recipe,
        options.models,
        options.seed,
        options.trusted,
        None if options.key is None else options.key.public,
        last=max(store.versions(), default=0),
    )


def _as_json(table: Table, verdict: Verdict | str) -> str:
    line = {"dataset": table.named, "name": table.model}
    if isinstance(verdict, str):
        return json.dumps(line | {"error": verdict})
    told = {name: getattr(verdict, name) for name in ("version", "path", "champion", "verdict")}
    return json.dumps(line | told | {"is_new": verdict.is_new})


def _table(tables: Sequence[Table], verdicts: Mapping[str, Verdict | str]) -> str:
    """What became of each, in the order in which they were named; before it what must be said first."""
    rows, remarks, counts = [("model", "version", "verdict", "log loss", "majority", "")], [], Counter[str]()
    for table in tables:
        match verdicts.get(table.model):
            case Verdict() as told:
                losses = f"{told.log_loss:.3f}", f"{told.majority:.3f}"
                standing = "champion" if told.champion else "challenger"
                rows.append((table.model, str(told.version), spaced(told.verdict), *losses, standing))
                remarks += [told.remark] if told.remark else []
                counts["trained" if told.is_new else "there already"] += 1
            case str(error):
                rows.append((table.model, "", "failed", "", "", error.splitlines()[-1]))
                counts["failed"] += 1
            case None:
                counts["not done"] += 1
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    total = ", ".join(f"{count} {what}" for what, count in counts.items())
    return "\n".join([*remarks, *lines, f"{len(tables)} tables: {total}"])
