"""The training job's command line: `python -m training run`, and `init` for a new table's dataset file."""

import functools
import json
import os
import sys
from pathlib import Path

import click

from registry import command_line
from registry.errors import StoreError
from registry.key_file import InvalidKeys
from registry.store.model_store import CHAMPION, ModelStore
from registry.store.signatures import SIGNING_KEY, TRUSTED_KEYS, SigningKey, TrustedKeys
from training.config import SHIPPED, DatasetFile, InvalidDatasetFile, read_dataset_file
from training.forecasts import UnwritableForecasts, check_forecasts, write_forecasts
from training.proposal.init import init
from training.table.dataset import InvalidData

_SHIPPED = {"students": "students.toml", "notebook": "students.toml"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit code: 0 done; 2 bad usage or bad input, nothing written; 3 published but not promoted where
        `--require-promotion` was given; 1 anything else; 130 interrupted.
    """
    exit_codes = {InvalidDatasetFile: 2, InvalidData: 2, InvalidKeys: 2, UnwritableForecasts: 2, StoreError: 1}
    return command_line.run(commands, "python -m training", arguments, exit_codes)


@click.group(context_settings=command_line.SETTINGS)
def commands() -> None:
    """Propose a dataset file for a table, train on it and publish the network."""


commands.add_command(init)


@commands.command()
@click.argument("dataset", default="students", metavar="[DATASET.toml|students|notebook]")
@click.option("--data", type=Path, metavar="CSV", help="Another CSV for the same dataset file.")
@click.option("--models", default="models", metavar="DIR|ADDRESS", help="Where the models are.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 101), default=0, metavar="N", help="Of everything drawn.")
@click.option("--if-none", is_flag=True, help="Do nothing where a version exists.")
@click.option("--require-promotion", is_flag=True, help="Exit 3 if it does not become champion.")
@click.option("--forecasts", type=Path, metavar="OUT.csv", help="Where each row's out-of-fold forecasts go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the summary.")
def run(
    dataset: str,
    data: Path | None,
    models: str,
    seed: int,
    if_none: bool,
    require_promotion: bool,
    forecasts: Path | None,
    as_json: bool,
) -> int:
    """Train on a table and publish the next version.

    By a dataset file; or on the 15 students of the origin (the default), or with the origin's own network on them.
    """
    dataset_file = _read_dataset(dataset)
    key, trusted = SigningKey.from_env(os.environ), TrustedKeys.from_env(os.environ)
    store = ModelStore(models, dataset_file.name, signing_key=key, trusted_keys=trusted, patient=True)
    if if_none and (versions := store.versions()):
        store.prepare()  # a job that was killed just after it published may have left no champion
        champion = store.aliases().get(CHAMPION)  # its folder may be gone; the service then has others
        version = champion if champion in versions else versions[-1]
        command_line.echo(f"version {version} of {dataset_file.name} is there already; nothing to do", err=True)
        if as_json:
            _print_json(version, store.where(version), version == champion, store.manifest(version).verdict)
        return 0
    if trusted is not None and (key is None or key.public not in trusted.keys.values()):
        raise InvalidKeys(f"{TRUSTED_KEYS} does not trust what would be published; {SIGNING_KEY} must name a key in it")
    if forecasts is not None:
        named = () if dataset in _SHIPPED else (Path(dataset),)
        check_forecasts(forecasts, (data or dataset_file.data, *named), Path(models, dataset_file.name))
    # Before TensorFlow and Keras are loaded: they read these then.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its results depend on the order in which threads finish
    # Only now: TensorFlow takes seconds to import, and a bad dataset file or --if-none should not wait for it.
    if sys.stderr.isatty():
        click.echo("starting TensorFlow …", err=True)
    from training.evaluation.baseline_forecasts import has_processors, start_worker

    if has_processors():
        start_worker()  # it imports scikit-learn meanwhile
    from training import job
    from training.network.recipes import Ensemble, Notebook
    from training.progress import one_bar
    from training.publishing.export import ExportMismatch
    from training.summary import summarise

    # Only the result goes to stdout; with --json that is one object.
    say = functools.partial(command_line.echo, err=as_json)
    recipe = Notebook(say) if dataset == "notebook" else Ensemble()
    try:
        with one_bar():
            outcome = job.run(dataset_file, data, store, seed, recipe)
    except ExportMismatch as error:
        command_line.echo(f"error: {error}; nothing is published", err=True)
        return 1
    published = outcome.published
    if as_json:
        _print_json(published.version, published.path, published.champion, outcome.manifest.verdict)
    else:
        command_line.echo(summarise(outcome.manifest, published))
    if forecasts is not None:
        try:
            write_forecasts(forecasts, outcome.plan, outcome.held_out)
        except UnwritableForecasts as error:
            command_line.echo(f"error: {error}; version {published.version} is published all the same", err=True)
            return 1
    return 3 if require_promotion and not published.champion else 0


def _print_json(version: int, path: str, champion: bool, verdict: str) -> None:
    click.echo(json.dumps({"version": version, "path": path, "champion": champion, "verdict": verdict}))


def _read_dataset(dataset: str) -> DatasetFile:
    if dataset not in _SHIPPED and not dataset.endswith(".toml"):
        raise InvalidDatasetFile(f"{dataset!r} is neither a .toml file nor one of {', '.join(_SHIPPED)}")
    return read_dataset_file(SHIPPED / _SHIPPED[dataset] if dataset in _SHIPPED else Path(dataset))


if __name__ == "__main__":
    sys.exit(main())
