"""The store of one model's versions: which there are, which is in use, and how a new one becomes visible."""

import random
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from registry.errors import BrokenVersion, NotPromotable, StoreError, VersionNotFound
from registry.store import audits, journal, staging
from registry.store.manifest import EXTRA as EXTRA
from registry.store.manifest import MANIFEST as MANIFEST
from registry.store.manifest import MAX_BYTES, InvalidManifest, Manifest
from registry.store.manifest import SIGNATURE as SIGNATURE
from registry.store.places.folder import Folder
from registry.store.places.place import Change, Place, open_place
from registry.store.signatures import SIGNATURE_BYTES, TRUSTED_KEYS, SigningKey, TrustedKeys
from registry.store.view import CHALLENGER as CHALLENGER
from registry.store.view import CHAMPION as CHAMPION
from registry.store.view import HOW_TO_PROMOTE as HOW_TO_PROMOTE
from registry.store.view import LATEST as LATEST
from registry.store.view import StoreView

# A model's name is a folder here and a part of URLs elsewhere.
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
MODEL_NAME_RULE = "must be letters, digits, _ . and -, starting with a letter or digit"
LITERT_MODEL = f"{EXTRA}/model.tflite"
GOLDEN = f"{EXTRA}/golden.json"
BACKGROUND = f"{EXTRA}/background.json"
MEMBERS = f"{EXTRA}/members"  # a folder: 1.json, 2.json, ...
ROWS = f"{EXTRA}/rows.digests"
REPORT = f"{EXTRA}/report.html"
MODEL_CARD = f"{EXTRA}/model_card.md"
CURVES = f"{EXTRA}/training.json"
# Signatures that take the encoded matrix; the second, of more than one member only, also gives their spread.
ENCODED = "encoded"
ENCODED_WITH_SPREAD = "encoded_with_spread"
ROW_KEY = ".row_key"
ROW_KEY_BYTES = 32
_MOST_ATTEMPTS = 30  # at a change while others make theirs; the eighth of eight publishers needs eight
_LONGEST_PAUSE_S = 2.0  # before the next
Result = TypeVar("Result")


@dataclass(frozen=True)
class VerifiedVersion:
    """A version as it was read: its manifest, and the very bytes that were checked against it.

    Attributes:
        manifest: What the version is.
        files: Path within the version → content.
        signed_by: The name of the trusted key that signed it; None where the store asks for no signature.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    signed_by: str | None = None


@dataclass(frozen=True)
class Published:
    """What became of a version that was published."""

    version: int
    path: str
    champion: bool


class ModelStore:
    """Versions of one model, and what is kept beside them, in a folder or in object storage.

    Reading needs no lock and no right to write. Whatever changes the store first finishes what a killed process left
    undone.
    """

    def __init__(
        self,
        root: Path | str,
        name: str,
        *,
        signing_key: SigningKey | None = None,
        trusted_keys: TrustedKeys | None = None,
        patient: bool = False,
    ) -> None:
        """Name the store; nothing is read or made yet.

        Args:
            root: The folder of stores; `~` is the home of who runs this. It and the model's folder may be links. Or an
                address, such as `s3://bucket/prefix`.
            name: The model's.
            signing_key: Signs what is published; None leaves it unsigned.
            trusted_keys: A version that none of them signed is a broken one; None asks for no signature.
            patient: Whether reading, too, waits a minute for object storage that does not answer, as changing does. It
                is not for whoever keeps others waiting, but for a job that would be lost.

        Raises:
            VersionNotFound: No model can have that name.
            StoreError: The address is none.
        """
        if not MODEL_NAME.fullmatch(name):
            raise VersionNotFound(f"no model is named {name[:100]!r}: a name {MODEL_NAME_RULE}")
        self.name = name
        self.place = open_place(root, name, patient=patient)
        self.root = self.place.root
        self._signing_key = signing_key
        self._trusted_keys = trusted_keys

    def view(self) -> StoreView:
        """What the store holds now, for several questions; of object storage in one request.

        Raises:
            StoreError: It can't be read.
        """
        return self._view(self.place)

    def versions(self) -> list[int]:
        """Version numbers, ascending; empty where the store does not exist.

        Raises:
            StoreError: The store can't be read.
        """
        return self.view().versions

    def aliases(self) -> dict[str, int]:
        """Alias → version number; what could be taken for a number, or for `latest`, is none."""
        return self.view().aliases

    def history(self) -> list[dict[str, Any]]:
        """Every publish, promotion, rollback and prune, oldest first."""
        return self.view().history

    def publication(self, version: int) -> dict[str, Any] | None:
        """The event of a version's publication, with the verdict that it had; None if the history has none."""
        found = None
        for event in self.view().contents.history():
            if event["event"] == "publish" and event["version"] == version:
                found = event
        return found

    def resolve(self, reference: str | int) -> int:
        """The version that a number, `latest` or an alias names.

        Raises:
            VersionNotFound: The store does not hold it.
        """
        return self.view().resolve(reference)

    def predecessors(self, reference: str) -> list[int]:
        """What a reference named before and is still here; see `StoreView.predecessors`."""
        return self.view().predecessors(reference)

    def is_made(self) -> bool:
        """Whether the model has a place.

        Raises:
            StoreError: That can't be told.
        """
        return self.place.is_made()

    def nothing_here(self) -> VersionNotFound:
        """What to say where no version is found: where it was looked, and what to do."""
        return self.place.nothing_here()

    def manifest(self, version: int) -> Manifest:
        """Read a version's manifest, without checking the files against it.

        Raises:
            BrokenVersion: It can't be read, or is another version's.
        """
        return self._read_manifest(version)[0]

    def read(self, version: int) -> VerifiedVersion:
        """Read a whole version and check every byte against its manifest, and the manifest against the history.

        Raises:
            BrokenVersion: A file is missing or changed, or the manifest is.
        """
        manifest, content = self._read_manifest(version)
        publication = self.publication(version)
        if publication is not None and publication.get("manifest_sha256") != staging.digest(content).sha256:
            raise BrokenVersion(f"version {version}: manifest.json is not the one that was published")
        contents = self.place.each(lambda path: self.read_file(manifest, path), manifest.files)
        files = dict(zip(manifest.files, contents, strict=True))
        return VerifiedVersion(manifest, files, self._signed_by(version, content))

    def read_sealed(self, version: int) -> dict[str, bytes]:
        """Read what a version's manifest can't list: itself, to the byte, and its signature if there is one.

        Raises:
            BrokenVersion: See `manifest`.
        """
        sealed = {MANIFEST: self._read_manifest(version)[1]}
        with suppress(FileNotFoundError):
            sealed[SIGNATURE] = self.place.read(f"{version}/{SIGNATURE}", SIGNATURE_BYTES)
        return sealed

    def read_file(self, manifest: Manifest, path: str) -> bytes:
        """Read one file of a version and check it against the manifest.

        Args:
            manifest: The version's.
            path: Within the version; one that the manifest lists.

        Raises:
            BrokenVersion: It is missing or changed.
        """
        version = manifest.version
        content = self._read_unchecked(version, path, manifest.files[path].bytes)
        if staging.digest(content) != manifest.files[path]:
            raise BrokenVersion(f"version {version}: {path} differs from its digest in the manifest")
        return content

    def audit(self, version: int) -> dict[str, Any]:
        """What was found odd about a version's table, with the rows; see `read_audit`.

        Raises:
            StoreError: It was not kept, or can't be read; or the manifest can't.
        """
        return audits.read_audit(self.place.read, version, self.manifest(version).audit)

    def mark(self, version: int, *, thorough: bool) -> object:
        """What tells whether a version has changed since it was read; see `Place.mark`."""
        return self.place.mark(version, thorough=thorough)

    @property
    def folder(self) -> Path:
        """The model's folder, of a store that is one."""
        if not isinstance(self.place, Folder):
            raise StoreError(f"{self.root} is no folder")
        return self.place.folder

    def path(self, version: int) -> Path:
        """Where a version lies, in a store that is a folder."""
        return self.folder / str(version)

    def where(self, version: int) -> str:
        """Where a version lies, for people."""
        return f"{self.place.where}/{version}"

    def prepare(self) -> None:
        """Make the store if there is none, and finish what a killed process left undone.

        Raises:
            StoreError: It can't be written, or what is there can't be read.
        """
        self.change(lambda _, __: Change(None), create=True)

    def row_key(self) -> bytes:
        """The key of the digests by which versions know their training rows; made when it is first asked for.

        It lies beside the versions and in none of them: a version that is copied elsewhere tells nobody who is in it.

        Raises:
            StoreError: It can't be read or written.
        """
        with _as_store_error(), self.place.changing(create=True) as place:
            place.keep(ROW_KEY, secrets.token_bytes(ROW_KEY_BYTES))
            key = place.read(ROW_KEY, 2 * ROW_KEY_BYTES)
        if len(key) != ROW_KEY_BYTES:
            where = f"{self.place.where}/{ROW_KEY}"
            raise StoreError(f"{where} must hold {ROW_KEY_BYTES} bytes; remove it, and a new one is made")
        return key

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder to put a version together in; what killed jobs left of theirs is removed first."""
        with _as_store_error(), ExitStack() as stack:
            # While it is being changed, so that no other process takes the new folder for one that was left.
            with self.place.changing(create=True) as place:
                staged = stack.enter_context(place.staging())
            yield staged

    def publish(
        self,
        staged: Path,
        manifest: Manifest,
        *,
        promote: bool,
        over: int | None,
        audit: Mapping[str, Any] | None = None,
    ) -> Published:
        """Make a staged folder the next version, visible whole or not at all.

        Args:
            staged: A folder from `staging`, complete but for its manifest.
            manifest: Its manifest; number and digests are filled in here.
            promote: Whether the gate lets it become champion.
            over: The champion that the gate compared it with. It is promoted only if that is still the champion.
            audit: What is odd about its table, with the rows, which are kept beside the versions: see `audit`.

        Returns:
            Its number, its path, and whether it is now the champion. The first version of an empty store always is.
        """
        with _as_store_error():
            (staged / SIGNATURE).unlink(missing_ok=True)  # of the version that this is a copy of
            digests = staging.digest_files(staged)
            digests.pop(MANIFEST, None)  # it can't hold its own digest; the history does
        installed: list[tuple[int, bytes]] = []

        def install(place: Place, view: StoreView) -> tuple[int, bytes]:
            last = max([*view.versions, *(event["version"] for event in view.publications())], default=0)
            version = place.reserve(last + 1)
            if version > journal.MAX_VERSION:
                raise StoreError(f"no number is left: the history or a folder in {place.where} names the last")
            content = replace(manifest, version=version, files=digests).to_json()
            (staged / MANIFEST).write_bytes(content)
            if self._signing_key is not None:
                (staged / SIGNATURE).write_bytes(self._signing_key.sign(content))
            place.write_audit(version, None if audit is None else audits.format_audit(audit))
            place.install(staged, version)
            return version, content

        def decide(place: Place, view: StoreView) -> Change[Published]:
            if not installed:  # once: in object storage this is decided anew where others were faster
                installed.append(install(place, view))
            version, content = installed[0]
            published = _publication(version, manifest.verdict, content)
            champion = view.aliases.get(CHAMPION)
            result = Published(version, self.where(version), champion is None or (promote and champion == over))
            if not result.champion:
                return Change(result, (published,), view.aliases | {CHALLENGER: version})
            reason = "first version" if champion is None else "the gate's verdict"
            crowned = _crown(view, version, manifest.verdict, reason)
            return Change(result, (published, *crowned.events), crowned.aliases)

        return self.change(decide, create=True)

    def promote(self, version: int, reason: str, *, force: bool = False) -> None:
        """Make a version the champion.

        Raises:
            BrokenVersion: Its bytes are not what its manifest says.
            NotPromotable: Its verdict is not `promoted` and `force` is not given.
        """

        def decide(_: Place, view: StoreView) -> Change[None]:
            verdict = self.read(version).manifest.verdict
            if verdict != "promoted" and not force:
                raise NotPromotable(f"version {version} has the verdict {verdict}; --force promotes it all the same")
            return _crown(view, version, verdict, reason, forced=force and verdict != "promoted")

        self.change(decide)

    def rollback(self, reason: str) -> tuple[int, list[str]]:
        """Make the champion before this one champion again, the last one that is still whole.

        Returns:
            Its number, and why later ones were passed over.

        Raises:
            NotPromotable: There was none before, or none that is still there and whole.
        """

        def decide(_: Place, view: StoreView) -> Change[tuple[int, list[str]]]:
            passed_over: list[str] = []
            champions = journal.champions(view.history)
            for version in reversed(champions):
                if version not in view.versions or version == champions[-1]:
                    continue
                try:
                    self.read(version)
                except BrokenVersion as error:
                    passed_over.append(str(error))
                    continue
                details = {"from": view.aliases.get(CHAMPION), "to": version, "reason": reason}
                aliases = view.aliases | {CHAMPION: version}
                return Change((version, passed_over), (("rollback", details),), aliases)
            raise NotPromotable("; ".join(["there is no earlier champion to go back to", *passed_over]))

        return self.change(decide)

    def prune(self, keep: int) -> list[int]:
        """Remove old versions, but not what an alias names, what rollback would need, or the last `keep`.

        Returns:
            The numbers that were removed.
        """

        def decide(place: Place, view: StoreView) -> Change[list[int]]:
            place.clear(view.contents)
            versions = view.versions
            kept = {
                *view.aliases.values(),
                *[version for version in journal.champions(view.history) if version in versions][-2:],
                *versions[max(len(versions) - keep, 0) :],
            }
            removed = [version for version in versions if version not in kept]
            events = (("prune", {"versions": removed}),) if removed else ()
            return Change(removed, events, pruned=tuple(removed))

        return self.change(decide)

    def _view(self, place: Place) -> StoreView:
        return StoreView(self.name, place.look(), place.nothing_here)

    def _read_manifest(self, version: int) -> tuple[Manifest, bytes]:
        content = self._read_unchecked(version, MANIFEST, MAX_BYTES)
        self._signed_by(version, content)
        try:
            manifest = Manifest.from_json(content)
        except InvalidManifest as error:
            raise BrokenVersion(f"version {version}: {error}") from error
        if (manifest.name, manifest.version) != (self.name, version):
            other = f"{manifest.name!r:.100} version {manifest.version}"
            raise BrokenVersion(f"version {version}: the manifest is of {other}")
        return manifest, content

    def _signed_by(self, version: int, manifest: bytes) -> str | None:
        """The trusted key that signed a manifest; None where the store asks for no signature.

        A signature covers name, number and, by the digests, every file; so that a copy under another number has none.

        Raises:
            BrokenVersion: None of them did.
        """
        if self._trusted_keys is None:
            return None
        try:
            signature = self._read_unchecked(version, SIGNATURE, SIGNATURE_BYTES)
        except BrokenVersion as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise BrokenVersion(f"version {version}: it is not signed, and {TRUSTED_KEYS} asks for that") from None
            raise
        signer = self._trusted_keys.signer(manifest, signature)
        if signer is None:
            raise BrokenVersion(f"version {version}: no key in {TRUSTED_KEYS} has signed it as it is")
        return signer

    def _read_unchecked(self, version: int, path: str, most: int) -> bytes:
        """Read a file of a version as it is.

        Raises:
            BrokenVersion: It can't be read, or has more bytes than it may.
        """
        try:
            return self.place.read(f"{version}/{path}", most)
        except OSError as error:
            raise BrokenVersion(f"version {version}: {path} can't be read: {error.strerror}") from error
        except StoreError as error:
            raise BrokenVersion(f"version {version}: {path} can't be read: {error}") from None  # it is all said

    def change(
        self, decide: Callable[[Place, StoreView], Change[Result]], *, create: bool = False, finish: bool = True
    ) -> Result:
        """Change the store by what is in it: looked at, decided and done again where somebody else was faster.

        Args:
            decide: What is to become of it.
            create: Whether it is made if there is none.
            finish: Whether what a killed process left undone is finished first.

        Returns:
            The change's result.

        Raises:
            StoreError: It can't be changed.
        """
        with _as_store_error(), self.place.changing(create=create) as place:
            for attempt in range(_MOST_ATTEMPTS):
                view = self._view(place)
                undone = self._undone(view) if finish else None
                if undone is not None and place.commit(view.contents, undone):
                    view = self._view(place)
                change = decide(place, view)
                if place.commit(view.contents, change):
                    return change.result
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE_S, 0.05 * 2**attempt)))
        raise StoreError(f"{self.place.where} is changed by others all the time; try again later")

    def _undone(self, view: StoreView) -> Change[None] | None:
        """What a killed process did without recording it, as a change; a version that is visible is complete."""
        events: list[tuple[str, Mapping[str, object]]] = []
        recorded = {event["version"] for event in view.publications()}
        for version in view.versions:
            if version not in recorded:
                try:
                    manifest, content = self._read_manifest(version)
                except BrokenVersion:
                    continue  # put there by hand; `verify` says what is wrong with it
                events.append(_publication(version, manifest.verdict, content))
        aliases: Mapping[str, int] | None = None
        champion = view.aliases.get(CHAMPION)
        former = journal.champions(view.history)
        if champion is None:
            # Lost: what was champion last and is still here. None yet: the first version.
            for version in [version for version in reversed(former) if version in view.versions] or view.versions:
                try:
                    verdict = self.manifest(version).verdict
                except BrokenVersion:
                    continue
                crowned = _crown(view, version, verdict, "aliases.json named no champion")
                if former[-1:] == [version]:  # recorded already
                    aliases = view.aliases | {CHAMPION: version}
                else:
                    events += crowned.events
                    aliases = crowned.aliases
                break
        elif former[-1:] != [champion]:
            found = {"from": former[-1] if former else None, "to": champion, "reason": "found in aliases.json"}
            if champion in former:
                events.append(("rollback", found))
            else:
                events.append(("promote", found | {"verdict": None, "forced": False}))
        return Change(None, tuple(events), aliases) if events or aliases is not None else None


def _publication(version: int, verdict: str, manifest: bytes) -> tuple[str, Mapping[str, object]]:
    digest = staging.digest(manifest).sha256
    return "publish", {"version": version, "verdict": verdict, "manifest_sha256": digest}


def _crown(view: StoreView, version: int, verdict: str, reason: str, *, forced: bool = False) -> Change[None]:
    others = {alias: number for alias, number in view.aliases.items() if (alias, number) != (CHALLENGER, version)}
    former = view.aliases.get(CHAMPION)
    details = {"from": former, "to": version, "verdict": verdict, "forced": forced, "reason": reason}
    return Change(None, (("promote", details),), others | {CHAMPION: version})


@contextmanager
def _as_store_error() -> Iterator[None]:
    """A full disk and the like are the store's trouble, not a bug."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise StoreError(f"the store can't be written: {error.strerror}{where}") from error
