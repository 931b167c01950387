"""The operator's side of the store: `python -m registry list|show|audit|verify|promote|rollback|prune|copy|keygen`."""

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from registry import command_line
from registry.errors import StoreError, VersionNotFound
from registry.key_file import InvalidKeys
from registry.store.copying import copy_store
from registry.store.manifest import Manifest
from registry.store.model_store import CHAMPION, HOW_TO_PROMOTE, ModelStore
from registry.store.models import list_models
from registry.store.signatures import TrustedKeys, make_key
from registry.trial import try_version


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit code: 0 done, 2 bad usage, 1 anything else, 130 interrupted.
    """
    exit_codes = {VersionNotFound: 2, InvalidKeys: 2, StoreError: 1}
    return command_line.run(commands, "python -m registry", arguments, exit_codes)


@click.group(context_settings=command_line.SETTINGS)
def commands() -> None:
    """List, check, promote and remove a model's versions."""


def with_store(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command the options that name a model, and for them its store as first argument."""

    @click.option("--models", default="models", metavar="DIR|ADDRESS", help="Where the models are.")
    @click.option("--name", default="pass_fail", help="The model.")
    @functools.wraps(command)
    def on_store(models: str, name: str, **options: object) -> int | None:
        store = ModelStore(models, name, trusted_keys=TrustedKeys.from_env(os.environ))
        if not store.is_made():
            raise store.nothing_here()
        return command(store, **options)

    return on_store


@commands.command("list")
@with_store
def list_versions(store: ModelStore) -> None:
    """List every version: when, alias, verdict, figures."""
    named: dict[int, list[str]] = {}
    for alias, version in store.aliases().items():
        named.setdefault(version, []).append(alias)
    click.echo(
        f"{'version':>7}  {'created':<20}  {'alias':<12}  {'verdict':<17}  {'log loss':>8}  {'majority':>8}  threshold"
    )
    for version in store.versions():
        try:
            manifest = store.manifest(version)
        except StoreError as error:
            command_line.echo(f"{version:>7}  broken: {error}")
            continue
        figures = [
            f"{_figure(scores):8.3f}"
            for scores in (manifest.evaluation.get("model"), manifest.evaluation.get("baselines", {}).get("majority"))
        ]
        figures.append(f"{manifest.threshold:9.3g}")
        alias = ", ".join(sorted(named.get(version, [])))
        row = f"{version:>7}  {manifest.created[:19]:<20}  {alias:<12}  {manifest.verdict:<17}  {'  '.join(figures)}"
        command_line.echo(command_line.printable(row))
        if not alias and store.publication(version) is None:
            command_line.echo(f"{'':>7}  copied in; {HOW_TO_PROMOTE} {version}")
    for version in sorted(named.keys() - set(store.versions())):
        command_line.echo(f"{version:>7}  gone, and still named {', '.join(sorted(named[version]))}; promote another")


@commands.command()
@click.argument("version", default="champion", metavar="[NUMBER|ALIAS|latest]")
@click.option("--json", "as_json", is_flag=True, help="The manifest as it is.")
@with_store
def show(store: ModelStore, version: str, as_json: bool) -> None:
    """Show a manifest, the champion's by default."""
    manifest = store.manifest(store.resolve(version))
    if as_json:
        command_line.echo(json.dumps(manifest.to_dict(), indent=2))
        return
    command_line.echo(describe(manifest))
    champion = store.aliases().get(CHAMPION)
    if champion is not None and champion in store.versions():
        there = store.manifest(champion)
        if there.threshold_in_words != manifest.threshold_in_words:
            command_line.echo(
                f"the champion, version {champion}, has another threshold: positive above {there.threshold_in_words}"
            )


@commands.command()
@click.argument("version", default="champion", metavar="[NUMBER|ALIAS|latest]")
@with_store
def audit(store: ModelStore, version: str) -> None:
    """Name the rows of a version's table that look odd."""
    number = store.resolve(version)
    command_line.echo(describe_audit(store.manifest(number), store.audit(number)))


@commands.command()
@click.argument("version", required=False, metavar="[NUMBER|ALIAS|latest]")
@with_store
def verify(store: ModelStore, version: str | None) -> int:
    """Check every byte of one version, or of all, and try each."""
    failures = []
    for number in store.versions() if version is None else [store.resolve(version)]:
        try:
            read = store.read(number)
            try_version(read)
            signed = f", signed by {read.signed_by}" if read.signed_by else ""
            click.echo(f"version {number}: ok, {len(read.files)} files{signed}")
        except StoreError as error:
            failures.append(error)
    for alias in store.aliases():
        try:
            store.resolve(alias)
        except StoreError as error:
            failures.append(error)
    for failure in failures:
        command_line.echo(f"broken: {failure}", err=True)
    return 1 if failures else 0


@commands.command()
@click.argument("version", metavar="NUMBER|ALIAS|latest")
@click.option("--force", is_flag=True, help="Although the gate said no.")
@click.option("--reason", required=True, help="Kept in the history.")
@with_store
def promote(store: ModelStore, version: str, force: bool, reason: str) -> None:
    """Make a version the champion."""
    number = store.resolve(version)
    try_version(store.read(number))
    store.promote(number, reason, force=force)
    click.echo(f"version {number} is the champion")


@commands.command()
@click.option("--reason", default="", help="Kept in the history.")
@with_store
def rollback(store: ModelStore, reason: str) -> None:
    """Make the former champion champion again."""
    version, passed_over = store.rollback(reason)
    for why in passed_over:
        command_line.echo(f"passed over: {why}", err=True)
    click.echo(f"version {version} is the champion again")


@commands.command()
@click.option("--keep", type=click.IntRange(min=0), default=3, metavar="K", help="How many of the last stay.")
@with_store
def prune(store: ModelStore, keep: int) -> None:
    """Remove old versions that nothing needs."""
    removed = store.prune(keep)
    click.echo(f"removed: {_numbers(removed) or 'nothing'}")


@commands.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--name", help="Only this model; without it all.", show_default=False)
def copy(source: str, target: str, name: str | None) -> int:
    """Copy models to another place: FROM and TO are folders or addresses.

    Numbers, aliases, history, audits and the row key stay as they are. It can be done again: what is there already
    must be the beginning of what comes, and nothing is written over.
    """
    trusted_keys = TrustedKeys.from_env(os.environ)
    names = list_models(source) if name is None else [name]
    stores = [ModelStore(source, each, trusted_keys=trusted_keys, patient=True) for each in names]
    stores = [store for store in stores if store.versions()]
    if not stores:
        raise VersionNotFound(f"no version is published in {source}" + (f" for {name!r}" if name else ""))
    failed = False
    for store in stores:
        try:
            copied = copy_store(store, ModelStore(target, store.name, trusted_keys=trusted_keys, patient=True))
            command_line.echo(f"{store.name}: {f'copied {_numbers(copied)}' if copied else 'no version is new'}")
        except StoreError as error:
            command_line.echo(f"error: {store.name}: {error}", err=True)
            failed = True
    return 1 if failed else 0


@commands.command()
@click.argument("name")
@click.option(
    "-o", "--output", type=Path, required=True, metavar="FILE", help="Where the private key goes: a new file."
)
def keygen(name: str, output: Path) -> None:
    """Make a key for NAME that signs versions.

    The private key is for SIGNING_KEY_FILE of the training job; its line for SERVICE_TRUSTED_KEYS_FILE goes to stdout.
    """
    key, line = make_key(name)
    try:
        with open(output, "xb", opener=functools.partial(os.open, mode=0o600)) as file:
            file.write(key)
    except FileExistsError as error:
        raise StoreError(f"{output} is there already; name a new file") from error
    except OSError as error:
        output.unlink(missing_ok=True)  # a full disk has left a part of it
        raise StoreError(f"{output}: {error.strerror}; name a new file that can be written") from error
    click.echo(line)


def describe(manifest: Manifest) -> str:
    """A manifest in words: what goes in, how good it is, and the gate's verdict with its reasons."""
    lines = [
        f"{manifest.name} version {manifest.version}, {manifest.created}",
        f"identity {manifest.identity[:16]}",
        "",
    ]
    lines += [f"  {feature.name}: {feature.requirement}" for feature in manifest.schema.features]
    lines += ["", f"labels: {' / '.join(manifest.schema.labels)}, positive above {manifest.threshold_in_words}"]
    scores = {"network": manifest.evaluation.get("model"), **manifest.evaluation.get("baselines", {})}
    for name, figures in scores.items():
        if isinstance(figures, dict) and "log_loss" in figures:
            loss = figures["log_loss"]
            lines.append(f"  {name}: log loss {loss['value']:.3f} ({loss['low']:.3f} to {loss['high']:.3f})")
    lines.append(f"verdict: {manifest.verdict}")
    lines += [f"  - {reason}" for reason in manifest.gate["reasons"]]
    return "\n".join(map(command_line.printable, lines))


def describe_audit(manifest: Manifest, audit: Mapping[str, Any]) -> str:
    """Which rows of a version's table look odd, and why."""
    positive, table = manifest.schema.labels[1], manifest.training.get("data", "the table")
    suspects, num_suspects = audit["suspect_labels"], audit["num_suspect_labels"]
    lines = [
        f"{manifest.name} version {manifest.version}: rows of {table} that look odd",
        "(row 1 is the first under the header)",
        "",
        f"{'labels that look wrong' if manifest.has_entered_labels else 'students who surprise'}, "
        f"by {audit['method']}: {num_suspects}",
    ]
    for suspect in suspects:
        of_others = f"P({positive}) by others {suspect['probability']:.2f}"
        lines.append(f"  row {suspect['row']}: {suspect['label']}; {of_others}")
    if len(suspects) < num_suspects:
        lines.append(f"  and others: these are the first {len(suspects)}")
    for groups, num, what in (
        (audit["contradictions"], audit["num_contradictory_rows"], "the same features but different labels"),
        (audit["duplicates"], audit["num_duplicate_rows"], "the same features and the same label"),
    ):
        lines.append(f"rows with {what}: {num}")
        lines += [f"  {' = '.join(map(str, group['rows']))}" for group in groups]
        if sum(len(group["rows"]) for group in groups) < num:
            lines.append("  and others")
    return "\n".join(lines)


def _numbers(versions: list[int]) -> str:
    return ", ".join(map(str, versions))


def _figure(scores: object) -> float:
    try:
        return float(scores["log_loss"]["value"])  # type: ignore[index]  # a manifest's figures are free-form JSON
    except (KeyError, TypeError, ValueError):
        return float("nan")


if __name__ == "__main__":
    sys.exit(main())
