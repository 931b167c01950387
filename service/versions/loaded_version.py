"""One version, ready to answer: verified, run by an engine, held against its golden answers."""

from dataclasses import dataclass
from typing import Any

from registry.contract.background import Background
from registry.contract.conformal import PredictionSets, prediction_sets
from registry.contract.golden import MAX_DIFFERENCE, Golden
from registry.contract.verdicts import Verdicts, every_verdict
from registry.errors import BrokenVersion
from registry.store.manifest import Manifest
from registry.store.model_store import BACKGROUND, GOLDEN, VerifiedVersion
from service.engines.choice import Choice, choose_engine, is_tensorflow_installed, load_engine
from service.engines.engine import Engine
from service.reading.instances import InstanceReader
from service.reasons.shapley import Explainer
from service.settings import Settings
from service.versions.unseen_values import UnseenValues


@dataclass(frozen=True)
class LoadedVersion:
    """A version that is verified, loaded and warmed.

    Attributes:
        manifest: What it is.
        engine: Runs it.
        choice: Which engine that is and why.
        reader: Reads and checks instances after its schema.
        sets: Which labels a probability leaves possible; None where the version does not offer it.
        verdicts: All that it can say of a student.
        unseen_values: Finds what its training has not seen.
        explainer: Explains its answers; None where the version keeps nothing to hold them against.
        typical: Feature name → value of a student like most; None where nothing is kept to tell.
        has_spread: Whether its answers come with a spread.
        is_on_demand: Whether nothing names it, so that it is loaded only since somebody has asked for its number.
    """

    manifest: Manifest
    engine: Engine
    choice: Choice
    reader: InstanceReader
    sets: PredictionSets | None
    verdicts: Verdicts
    unseen_values: UnseenValues
    explainer: Explainer | None
    typical: dict[str, Any] | None
    has_spread: bool
    is_on_demand: bool = False


def load_version(version: VerifiedVersion, settings: Settings) -> LoadedVersion:
    """Load a version and hold its answers against its golden ones, which warms it too.

    Raises:
        StoreError: No engine fits, or its answers differ.
    """
    manifest = version.manifest
    choice = choose_engine(settings.engine, manifest, tensorflow_installed=is_tensorflow_installed())
    engine = load_engine(choice, version)
    try:
        golden = Golden.from_json(version.files[GOLDEN], manifest.schema)
        answers = engine(manifest.schema.encode(golden.columns))
        difference = golden.difference(*answers)
    except (KeyError, ValueError) as error:
        raise BrokenVersion(f"version {manifest.version}: golden.json can't be used: {error}") from error
    except RuntimeError as error:
        raise BrokenVersion(f"version {manifest.version}: the {choice.name} engine can't run it") from error
    if not difference <= MAX_DIFFERENCE:  # NaN is not <= either
        raise BrokenVersion(f"version {manifest.version}: answers differ from golden by {difference:.1e}")
    reader = InstanceReader(manifest.schema, settings.max_instances)
    sets = prediction_sets(manifest.conformal, manifest.schema.labels, manifest.threshold)
    verdicts = every_verdict(manifest.schema.labels, manifest.rule, decides=sets is not None)
    unseen_values = UnseenValues(manifest.schema)
    background = _background(version)
    explainer = typical = None
    if background is not None:
        explainer = Explainer(manifest.schema.encode(background.columns), background.weights)
        typical = background.typical(manifest.schema)
    has_spread = answers.spreads is not None
    return LoadedVersion(
        manifest, engine, choice, reader, sets, verdicts, unseen_values, explainer, typical, has_spread
    )


def _background(version: VerifiedVersion) -> Background | None:
    if BACKGROUND not in version.files:  # of an earlier release, or of too few students
        return None
    try:
        return Background.from_json(version.files[BACKGROUND], version.manifest.schema)
    except ValueError as error:
        raise BrokenVersion(f"version {version.manifest.version}: background.json can't be used: {error}") from error
