"""The training job's command line: `python -m training run`, and `init` for a new table's dataset file."""

import json
import os
import sys
from pathlib import Path

import click

from registry import command_line
from registry.errors import ClusterError, StoreError
from registry.key_file import InvalidKeys
from registry.store.model_store import CHAMPION, ModelStore
from registry.store.places import object_storage
from registry.store.signatures import SIGNING_KEY, TRUSTED_KEYS, SigningKey, TrustedKeys
from training.already_there import any_version, recipe_digest, same_champion
from training.config import SHIPPED, DatasetFile, InvalidDatasetFile, read_dataset_file
from training.errors import ExportMismatch
from training.forecasts import UnwritableForecasts, check_forecasts, write_forecasts
from training.progress import begin, one_bar
from training.proposal.init import init
from training.start import start_job
from training.table.dataset import InvalidData, load_dataset

_SHIPPED = {"students": "students.toml", "notebook": "students.toml"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit code: 0 done; 2 bad usage or bad input, nothing written; 3 published but not promoted where
        `--require-promotion` was given; 1 anything else, and where one of several tables failed; 130 interrupted.
    """
    exit_codes = {InvalidDatasetFile: 2, InvalidData: 2, InvalidKeys: 2, UnwritableForecasts: 2}
    exit_codes |= {ExportMismatch: 1, StoreError: 1, ClusterError: 1}
    return command_line.run(commands, "python -m training", arguments, exit_codes)


@click.group(context_settings=command_line.SETTINGS)
def commands() -> None:
    """Propose a dataset file for a table, train on it and publish the network."""


commands.add_command(init)


@commands.command()
@click.argument("datasets", nargs=-1, metavar="[DATASET.toml|students|notebook]...")
@click.option("--data", type=Path, metavar="TABLE", help="Another table for the same dataset file.")
@click.option("--models", default="models", metavar="DIR|ADDRESS", help="Where the models are.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 101), default=0, metavar="N", help="Of everything drawn.")
@click.option("--if-none", is_flag=True, help="Do nothing where a version exists.")
@click.option("--if-changed", is_flag=True, help="Do nothing where table and dataset file are the champion's.")
@click.option("--require-promotion", is_flag=True, help="Exit 3 if it does not become champion.")
@click.option("--forecasts", type=Path, metavar="OUT.csv", help="Where each row's out-of-fold forecasts go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the summary.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Tables at once, each in a process.")
@click.option("--cluster", metavar="ADDRESS", help="Train on a Dask cluster, tcp://HOST:PORT or tls://HOST:PORT.")
def run(
    datasets: tuple[str, ...],
    data: Path | None,
    models: str,
    seed: int,
    if_none: bool,
    if_changed: bool,
    require_promotion: bool,
    forecasts: Path | None,
    as_json: bool,
    jobs: int | None,
    cluster: str | None,
) -> int:
    """Train on tables and publish the next version of each.

    By dataset files; or on the 15 students of the origin (the default), or with the origin's own network on them.
    """
    is_one = len(datasets) < 2 and jobs is None and cluster is None
    if not is_one and (data is not None or forecasts is not None):
        raise click.UsageError("--data and --forecasts are for a run of one table, without --jobs and --cluster")
    if jobs is not None and cluster is not None:
        raise click.UsageError("--jobs is for this machine; a cluster does as many at once as its workers have threads")
    key, trusted = SigningKey.from_env(os.environ), TrustedKeys.from_env(os.environ)
    if not is_one:
        _check_signer(key, trusted)
        from training.several.run import Options, Table, train_several

        tables = [Table(name, _try_to_read(name), _recipe(name)) for name in datasets or ("students",)]
        address = object_storage.absolute(models)
        return train_several(
            tables,
            Options(address, seed, if_none, if_changed, require_promotion, as_json, jobs, cluster, key, trusted),
        )
    dataset = datasets[0] if datasets else "students"
    dataset_file = _read_dataset(dataset)
    store = ModelStore(models, dataset_file.name, signing_key=key, trusted_keys=trusted, patient=True)
    table = None
    if if_none and (version := any_version(store)) is not None:
        return _nothing_to_do(store, version, "is there already", as_json)
    if if_changed:
        table = load_dataset(dataset_file, data)
        if version := same_champion(store, table, recipe_digest(dataset_file, _recipe(dataset)), seed):
            return _nothing_to_do(store, version, "was made from this table and dataset file", as_json)
    _check_signer(key, trusted)
    if forecasts is not None:
        named = () if dataset in _SHIPPED else (Path(dataset),)
        check_forecasts(forecasts, (data or dataset_file.data, *named), Path(models, dataset_file.name))
    with one_bar():
        begin("reading the table")
        table = table or load_dataset(dataset_file, data)
        store.row_key()
        # Only now: it takes seconds, which nobody should wait for to read of a bad row or a store that can't be used.
        begin("starting TensorFlow")
        job = start_job()
        from training.network.recipes import Ensemble, Notebook
        from training.summary import summarise

        recipe = Notebook() if _recipe(dataset) == "notebook" else Ensemble()
        outcome = job.run(dataset_file, table, store, seed, recipe)
    published = outcome.published
    if as_json:
        _print_json(published.version, published.path, published.champion, outcome.manifest.verdict)
    else:
        command_line.echo(summarise(outcome.manifest, published, outcome.plan.dataset.sheet))
    if forecasts is not None:
        try:
            write_forecasts(forecasts, outcome.plan, outcome.held_out)
        except UnwritableForecasts as error:
            command_line.echo(f"error: {error}; version {published.version} is published all the same", err=True)
            return 1
    return 3 if require_promotion and not published.champion else 0


def _check_signer(key: SigningKey | None, trusted: TrustedKeys | None) -> None:
    if trusted is not None and (key is None or key.public not in trusted.keys.values()):
        raise InvalidKeys(f"{TRUSTED_KEYS} does not trust what would be published; {SIGNING_KEY} must name a key in it")


def _nothing_to_do(store: ModelStore, version: int, why: str, as_json: bool) -> int:
    command_line.echo(f"version {version} of {store.name} {why}; nothing to do", err=True)
    if as_json:
        champion = store.aliases().get(CHAMPION) == version
        _print_json(version, store.where(version), champion, store.manifest(version).verdict)
    return 0


def _print_json(version: int, path: str, champion: bool, verdict: str) -> None:
    click.echo(json.dumps({"version": version, "path": path, "champion": champion, "verdict": verdict}))


def _read_dataset(dataset: str) -> DatasetFile:
    if dataset not in _SHIPPED and not dataset.endswith(".toml"):
        raise InvalidDatasetFile(f"{dataset!r} is neither a .toml file nor one of {', '.join(_SHIPPED)}")
    return read_dataset_file(SHIPPED / _SHIPPED[dataset] if dataset in _SHIPPED else Path(dataset))


def _recipe(dataset: str) -> str:
    return "notebook" if dataset == "notebook" else "ensemble"


def _try_to_read(dataset: str) -> DatasetFile | InvalidDatasetFile:
    try:
        return _read_dataset(dataset)
    except InvalidDatasetFile as error:
        return error


if __name__ == "__main__":
    sys.exit(main())
