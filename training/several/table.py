"""Training on one of several tables: what travels to the process that does it, and what comes back."""

import os
from dataclasses import dataclass, field
from typing import Any

from registry.errors import StoreError
from registry.key_file import InvalidKeys
from registry.store.manifest import Manifest
from registry.store.model_store import CHAMPION, ModelStore
from registry.store.signatures import SIGNING_KEY, SigningKey, TrustedKeys
from training.already_there import is_made_from, recipe_digest
from training.config import DatasetFile
from training.errors import ExportMismatch
from training.report.comparisons import replaced_demonstration
from training.start import start_job
from training.table.dataset import Dataset, InvalidData


@dataclass(frozen=True)
class TrainingTask:
    """All that a process needs which trains on a table: of the table only what training sees, and no key.

    Attributes:
        dataset_file: What the table holds.
        dataset: The table, without ids.
        recipe: `ensemble` or `notebook`.
        models: Address of the stores, the same wherever it is trained; there is the key of the rows' digests, too.
        seed: Of everything drawn.
        trusted: Who may have signed what is read.
        public_key: Of the key that is to sign, whose file must be there where it is trained; None: nothing is signed.
        last: The last version before.
    """

    dataset_file: DatasetFile
    dataset: Dataset = field(repr=False)
    recipe: str
    models: str
    seed: int
    trusted: TrustedKeys | None
    public_key: bytes | None
    last: int


@dataclass(frozen=True)
class Verdict:
    """What is told of a version.

    Attributes:
        version: Its number.
        path: Where it is.
        champion: Whether it is the champion.
        verdict: The gate's.
        log_loss: Of the network on students that it has not seen, in nats.
        majority: The same of the majority forecast.
        remark: What must be said before all else.
        is_new: Whether this run has made it.
    """

    version: int
    path: str
    champion: bool
    verdict: str
    log_loss: float
    majority: float
    remark: str | None
    is_new: bool


def train_table(task: TrainingTask) -> Verdict | str:
    """Train on a table and publish the version, unless an earlier try of this run has.

    Returns:
        What is told of the version; or why there is none, in words.
    """
    try:
        return _train(task)
    except (InvalidData, InvalidKeys, StoreError, ExportMismatch, OSError) as error:
        return str(error)


def _train(task: TrainingTask) -> Verdict | str:
    key = SigningKey.from_env(os.environ)
    if (None if key is None else key.public) != task.public_key:
        raise InvalidKeys(f"{SIGNING_KEY} must name the same key where tables are trained as where the run is started")
    dataset_file = task.dataset_file
    store = ModelStore(task.models, dataset_file.name, signing_key=key, trusted_keys=task.trusted, patient=True)
    digest = recipe_digest(dataset_file, task.recipe)
    for version in store.versions():
        # The process was killed when it had published and not yet said so.
        if version > task.last and is_made_from(
            manifest := store.manifest(version), task.dataset, digest, task.seed, store.row_key()
        ):
            store.prepare()
            return tell(store, manifest, is_new=True)
    job = start_job()
    from training.network.recipes import Ensemble, Notebook

    recipe = Notebook() if task.recipe == "notebook" else Ensemble()
    outcome = job.run(dataset_file, task.dataset, store, task.seed, recipe)
    return tell(store, outcome.manifest, is_new=True)


def tell(store: ModelStore, manifest: Manifest, *, is_new: bool) -> Verdict:
    """What is told of a version.

    Args:
        store: Where it is.
        manifest: Its own.
        is_new: Whether this run has made it.
    """
    champion = store.aliases().get(CHAMPION) == manifest.version
    losses: list[Any] = [manifest.evaluation["model"], manifest.evaluation["baselines"]["majority"]]
    log_loss, majority = (figures["log_loss"]["value"] for figures in losses)
    remarks = replaced_demonstration(manifest, champion=champion) if is_new else []
    return Verdict(
        manifest.version,
        store.where(manifest.version),
        champion,
        manifest.verdict,
        log_loss,
        majority,
        remarks[0] if remarks else None,
        is_new,
    )
