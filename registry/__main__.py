"""The operator's side of the store: `python -m registry list|show|verify|promote|rollback|prune`."""

import argparse
import json
import os
import sys
from pathlib import Path

from registry.errors import StoreError, VersionNotFound
from registry.store.manifest import Manifest
from registry.store.model_store import ModelStore


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit code: 0 done, 2 bad usage, 1 anything else.
    """
    parser = argparse.ArgumentParser(prog="python -m registry", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, help_text in (
        ("list", "every version: when, alias, verdict, figures"),
        ("show", "one version's manifest, in words or as JSON"),
        ("verify", "check every byte of one version, or of all"),
        ("promote", "make a version the champion"),
        ("rollback", "make the former champion champion again"),
        ("prune", "remove old versions that nothing needs"),
    ):
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--models", type=Path, default=Path("models"), metavar="DIR", help="default: models")
        command.add_argument("--name", default="pass_fail", help="the model; default: pass_fail")
        if name in ("show", "verify", "promote"):
            optional = name != "promote"
            command.add_argument(
                "version",
                nargs="?" if optional else None,
                default="champion" if name == "show" else None,
                help="a number, an alias or latest",
            )
        if name == "show":
            command.add_argument("--json", action="store_true", help="the manifest as it is")
        if name == "promote":
            command.add_argument("--force", action="store_true", help="although the gate said no")
        if name in ("promote", "rollback"):
            command.add_argument("--reason", required=name == "promote", default="", help="kept in the history")
        if name == "prune":
            command.add_argument("--keep", type=_count, default=3, metavar="K", help="the last K stay; default: 3")
    options = parser.parse_args(arguments)
    store = ModelStore(options.models, options.name)
    try:
        if not store.folder.is_dir():
            raise VersionNotFound(f"there is no model {options.name!r} in {options.models}; run the training job")
        code = _run(store, options)
        sys.stdout.flush()
    except StoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, VersionNotFound) else 1
    except BrokenPipeError:  # `| head` has seen enough; Python would complain again when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _run(store: ModelStore, options: argparse.Namespace) -> int:
    match options.command:
        case "list":
            _print_versions(store)
        case "show":
            manifest = store.manifest(store.resolve(options.version))
            print(json.dumps(manifest.to_dict(), indent=2, ensure_ascii=False) if options.json else describe(manifest))
        case "verify":
            return _verify(store, options.version)
        case "promote":
            version = store.resolve(options.version)
            store.promote(version, options.reason, force=options.force)
            print(f"version {version} is the champion")
        case "rollback":
            version, passed_over = store.rollback(options.reason)
            for why in passed_over:
                print(f"passed over: {why}", file=sys.stderr)
            print(f"version {version} is the champion again")
        case "prune":
            removed = store.prune(options.keep)
            print(f"removed: {', '.join(map(str, removed)) or 'nothing'}")
    return 0


def _print_versions(store: ModelStore) -> None:
    named: dict[int, list[str]] = {}
    for alias, version in store.aliases().items():
        named.setdefault(version, []).append(alias)
    print(f"{'version':>7}  {'created':<20}  {'alias':<12}  {'verdict':<17}  {'log loss':>8}  {'majority':>8}")
    for version in store.versions():
        try:
            manifest = store.manifest(version)
        except StoreError as error:
            print(f"{version:>7}  broken: {error}")
            continue
        figures = [
            f"{_figure(scores):8.3f}"
            for scores in (manifest.evaluation.get("model"), manifest.evaluation.get("baselines", {}).get("majority"))
        ]
        alias = ", ".join(sorted(named.get(version, [])))
        print(f"{version:>7}  {manifest.created[:19]:<20}  {alias:<12}  {manifest.verdict:<17}  {'  '.join(figures)}")


def _figure(scores: object) -> float:
    try:
        return float(scores["log_loss"]["value"])  # type: ignore[index]  # a manifest's figures are free-form JSON
    except (KeyError, TypeError, ValueError):
        return float("nan")


def _verify(store: ModelStore, reference: str | None) -> int:
    versions = store.versions() if reference is None else [store.resolve(reference)]
    failures = 0
    for version in versions:
        try:
            num_files = len(store.read(version).files)
            print(f"version {version}: ok, {num_files} files")
        except StoreError as error:
            failures += 1
            print(f"broken: {error}", file=sys.stderr)
    for alias in store.aliases():
        try:
            store.resolve(alias)
        except StoreError as error:
            failures += 1
            print(f"broken: {error}", file=sys.stderr)
    return 1 if failures else 0


def describe(manifest: Manifest) -> str:
    """A manifest in words: what goes in, how good it is, and the gate's verdict with its reasons."""
    lines = [
        f"{manifest.name} version {manifest.version}, {manifest.created}",
        f"identity {manifest.identity[:16]}",
        "",
    ]
    lines += [f"  {feature.name}: {feature.requirement}" for feature in manifest.schema.features]
    lines += ["", f"labels: {' / '.join(manifest.schema.labels)}, positive above {manifest.threshold:g}"]
    scores = {"network": manifest.evaluation.get("model"), **manifest.evaluation.get("baselines", {})}
    for name, figures in scores.items():
        if isinstance(figures, dict) and "log_loss" in figures:
            loss = figures["log_loss"]
            lines.append(f"  {name}: log loss {loss['value']:.3f} ({loss['low']:.3f} to {loss['high']:.3f})")
    lines.append(f"verdict: {manifest.verdict}")
    lines += [f"  - {reason}" for reason in manifest.gate["reasons"]]
    return "\n".join(lines)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("must be a whole number of at least 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
