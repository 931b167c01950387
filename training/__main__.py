"""The training job's command line: `python -m training run`, and `init` for a new table's dataset file."""

import argparse
import json
import os
import sys
from pathlib import Path

from registry.errors import StoreError
from registry.store.model_store import CHAMPION, ModelStore
from training.config import SHIPPED, DatasetFile, InvalidDatasetFile, read_dataset_file
from training.proposal.init import add_init, init


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit code: 0 done; 2 bad usage or bad input, nothing written; 3 published but not promoted where
        `--require-promotion` was given; 1 anything else.
    """
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="train on a table and publish the next version")
    run.add_argument(
        "dataset",
        nargs="?",
        default="students",
        metavar="DATASET.toml | students | notebook",
        help="a dataset file; or the 15 students of the origin (default), or the origin's own network on them",
    )
    run.add_argument("--data", type=Path, metavar="CSV", help="another CSV for the same dataset file")
    run.add_argument("--models", type=Path, default=Path("models"), metavar="DIR", help="default: models")
    run.add_argument("--seed", type=_seed, default=0, metavar="N", help="of everything that is drawn; default: 0")
    run.add_argument("--if-none", action="store_true", help="do nothing where a version exists")
    run.add_argument("--require-promotion", action="store_true", help="exit 3 if it does not become champion")
    run.add_argument("--json", action="store_true", help="print one JSON object instead of the summary")
    add_init(commands)
    options = parser.parse_args(arguments)
    try:
        return init(options) if options.command == "init" else _run(options)
    except InvalidDatasetFile as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except StoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    dataset_file = _read_dataset(options.dataset)
    store = ModelStore(options.models, dataset_file.name)
    if options.if_none and store.versions():
        store.prepare()  # a job that was killed just after it published may have left no champion
        version = store.resolve(CHAMPION)
        print(f"version {version} of {dataset_file.name} is there already; nothing to do", file=sys.stderr)
        if options.json:
            _print_json(version, store.path(version), True, store.manifest(version).verdict)
        return 0
    # Before TensorFlow and Keras are loaded: they read these then.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its results depend on the order in which threads finish
    # Only now: TensorFlow takes seconds to import, and a bad dataset file or --if-none should not wait for it.
    if sys.stderr.isatty():
        print("starting TensorFlow …", file=sys.stderr)
    from training.job import run
    from training.network.recipes import Ensemble, Notebook
    from training.publishing.export import ExportMismatch
    from training.summary import summarise
    from training.table.dataset import InvalidData

    # Only the result goes to stdout; with --json that is one object.
    say = (lambda line: print(line, file=sys.stderr)) if options.json else print
    recipe = Notebook(say) if options.dataset == "notebook" else Ensemble()
    try:
        outcome = run(dataset_file, options.data, options.models, options.seed, recipe)
    except InvalidData as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ExportMismatch as error:
        print(f"error: {error}; nothing is published", file=sys.stderr)
        return 1
    published = outcome.published
    if options.json:
        _print_json(published.version, published.path, published.champion, outcome.manifest.verdict)
    else:
        print(summarise(outcome.manifest, published))
    return 3 if options.require_promotion and not published.champion else 0


def _print_json(version: int, path: Path, champion: bool, verdict: str) -> None:
    print(json.dumps({"version": version, "path": str(path), "champion": champion, "verdict": verdict}))


def _read_dataset(dataset: str) -> DatasetFile:
    shipped = {"students": "students.toml", "notebook": "students.toml"}
    if dataset not in shipped and not dataset.endswith(".toml"):
        raise InvalidDatasetFile(f"{dataset!r} is neither a .toml file nor one of {', '.join(shipped)}")
    return read_dataset_file(SHIPPED / shipped[dataset] if dataset in shipped else Path(dataset))


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32 - 100:
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 4294967195")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
