"""The store of one model's versions: which there are, which is in use, and how a new one becomes visible."""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.errors import BrokenVersion, NotPromotable, StoreError, VersionNotFound
from registry.store import audits, files, journal, staging
from registry.store.manifest import MAX_BYTES, InvalidManifest, Manifest
from registry.store.signatures import SIGNATURE_BYTES, TRUSTED_KEYS, SigningKey, TrustedKeys

# A model's name is a folder here and a part of URLs elsewhere.
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
MODEL_NAME_RULE = "must be letters, digits, _ . and -, starting with a letter or digit"
EXTRA = "assets.extra"
MANIFEST = f"{EXTRA}/manifest.json"
SIGNATURE = f"{MANIFEST}.sig"  # 64 bytes over the manifest's; only in versions that were signed
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
CHAMPION = "champion"
CHALLENGER = "challenger"
LATEST = "latest"
HOW_TO_PROMOTE = "make it champion with: python -m registry promote --reason WHY"  # and its number
_ROW_KEY = ".row_key"
_KEY_BYTES = 32


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
    path: Path
    champion: bool


class ModelStore:
    """Versions of one model in `root/name`, and the files beside them.

    Reading needs no lock and no right to write. Whatever changes the store holds `.lock`, and first finishes what a
    killed process left undone. A local disk or a volume, not NFS.
    """

    def __init__(
        self,
        root: Path,
        name: str,
        *,
        signing_key: SigningKey | None = None,
        trusted_keys: TrustedKeys | None = None,
    ) -> None:
        """Name the store; nothing is read or made yet.

        Args:
            root: The folder of stores; `~` is the home of who runs this. It and the model's folder may be links.
            name: The model's.
            signing_key: Signs what is published; None leaves it unsigned.
            trusted_keys: A version that none of them signed is a broken one; None asks for no signature.

        Raises:
            VersionNotFound: No model can have that name.
        """
        if not MODEL_NAME.fullmatch(name):
            raise VersionNotFound(f"no model is named {name[:100]!r}: a name {MODEL_NAME_RULE}")
        self.name = name
        self.folder = Path(os.path.expanduser(root)) / name
        self._signing_key = signing_key
        self._trusted_keys = trusted_keys

    def versions(self) -> list[int]:
        """Version numbers on disk, ascending; empty where the store does not exist.

        A link is listed, so that its number is not given again, and can't be read.

        Raises:
            StoreError: The folder is there but can't be read.
        """
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.is_symlink() or entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{self.folder.absolute()} can't be read: {error.strerror}") from error
        return sorted(int(name) for name in names if re.fullmatch(r"[1-9][0-9]{0,17}", name, re.ASCII))

    def aliases(self) -> dict[str, int]:
        """Alias → version number; what could be taken for a number, or for `latest`, is none."""
        aliases = journal.read_aliases(self.folder)
        return {alias: number for alias, number in aliases.items() if alias != LATEST and not alias.isdecimal()}

    def history(self) -> list[dict[str, Any]]:
        """Every publish, promotion, rollback and prune, oldest first."""
        return list(journal.read_history(self.folder))

    def publication(self, version: int) -> dict[str, Any] | None:
        """The event of a version's publication, with the verdict that it had; None if the history has none."""
        found = None
        for event in journal.read_history(self.folder):
            if event["event"] == "publish" and event["version"] == version:
                found = event
        return found

    def resolve(self, reference: str | int) -> int:
        """The version that a number, `latest` or an alias names.

        Raises:
            VersionNotFound: The store does not hold it.
        """
        versions = self.versions()
        if not versions:
            raise self.nothing_here()
        text = str(reference)
        if text == LATEST:
            return versions[-1]
        if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
            number, named = int(text), f"version {text}"
        else:
            number, named = self.aliases().get(text, 0), repr(text)
            if number:
                named = f"version {number}, which the alias {text!r} names; for another, {HOW_TO_PROMOTE} NUMBER"
            elif text == CHAMPION:
                named += f"; where you mean version {versions[-1]}, {HOW_TO_PROMOTE} {versions[-1]}"
        if number not in versions:
            raise VersionNotFound(f"{self.name!r} has no {named}")
        return number

    def is_made(self) -> bool:
        """Whether the model has a folder.

        Raises:
            StoreError: That can't be told.
        """
        return bool(self.versions()) or self.folder.is_dir()

    def nothing_here(self) -> VersionNotFound:
        """What to say where no version is found: which folder was looked in, and what to do."""
        root = self.folder.parent.absolute()
        if self._is_in_a_model():
            return VersionNotFound(f"{root} is the folder of one model; name the one that it lies in, {root.parent}")
        return VersionNotFound(f"no version of {self.name!r} is published in {root}; run the training job")

    def predecessors(self, reference: str) -> list[int]:
        """What a reference named before and is still here, the last first.

        Earlier champions for `champion`, lower numbers for `latest`, none for any other.
        """
        here = self.versions()
        if reference == LATEST:
            return here[-2::-1]
        if reference != CHAMPION:
            return []
        present = self.aliases().get(CHAMPION)
        champions = reversed(journal.champions(self.history()))
        return [number for number in champions if number in here and number != present]

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
        contents = {path: self.read_file(manifest, path) for path in manifest.files}
        return VerifiedVersion(manifest, contents, self._signed_by(version, content))

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
        return audits.read_audit(self.folder, version, self.manifest(version).audit)

    def path(self, version: int) -> Path:
        """Where a version lies."""
        return self.folder / str(version)

    def prepare(self) -> None:
        """Make the store if there is none, and finish what a killed process left undone.

        Raises:
            StoreError: It can't be written, or what is there can't be read.
        """
        with self._locked(create=True):
            pass

    def row_key(self) -> bytes:
        """The key of the digests by which versions know their training rows; made when it is first asked for.

        It lies beside the versions and in none of them: a version that is copied elsewhere tells nobody who is in it.

        Raises:
            StoreError: It can't be read or written.
        """
        with self._locked(create=True):
            if not os.path.lexists(self.folder / _ROW_KEY):
                files.replace_file(self.folder, _ROW_KEY, secrets.token_bytes(_KEY_BYTES), permissions=0o600)
            key = files.read_file(self.folder, _ROW_KEY, 2 * _KEY_BYTES)
        if len(key) != _KEY_BYTES:
            raise StoreError(f"{self.folder / _ROW_KEY} must hold {_KEY_BYTES} bytes; remove it, and a new one is made")
        return key

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder to put a version together in; what killed jobs left of theirs is removed first."""
        with ExitStack() as stack:
            # Under the lock, so that no other process takes the new folder for a stale one.
            with self._locked(create=True):
                staged = stack.enter_context(staging.open_staging(self.folder))
            with _as_store_error():
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
        """Make a staged folder the next version, visible in one rename after every byte is on disk.

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
            staging.fsync_tree(staged)
        with self._locked(create=True):
            history = self.history()
            numbers = [*self.versions(), *(event["version"] for event in history if event["event"] == "publish")]
            version = max(numbers, default=0) + 1
            while os.path.lexists(self.path(version)):  # something else than a version
                version += 1
            if version > journal.MAX_VERSION:
                raise StoreError(f"no number is left: the history or a folder in {self.folder} names the last")
            content = replace(manifest, version=version, files=digests).to_json()
            (staged / MANIFEST).write_bytes(content)
            if self._signing_key is not None:
                (staged / SIGNATURE).write_bytes(self._signing_key.sign(content))
            staging.fsync_tree(staged / EXTRA)
            audits.write_audit(self.folder, version, audit)
            staged.rename(self.path(version))
            files.fsync_folder(self.folder)
            self._record_publication(version, manifest.verdict, content)
            champion = self.aliases().get(CHAMPION)
            if champion is None or (promote and champion == over):
                self._crown(version, manifest.verdict, "first version" if champion is None else "the gate's verdict")
                return Published(version, self.path(version), True)
            journal.write_aliases(self.folder, self.aliases() | {CHALLENGER: version})
            return Published(version, self.path(version), False)

    def promote(self, version: int, reason: str, *, force: bool = False) -> None:
        """Make a version the champion.

        Raises:
            BrokenVersion: Its bytes are not what its manifest says.
            NotPromotable: Its verdict is not `promoted` and `force` is not given.
        """
        with self._locked():
            verdict = self.read(version).manifest.verdict
            if verdict != "promoted" and not force:
                raise NotPromotable(f"version {version} has the verdict {verdict}; --force promotes it all the same")
            self._crown(version, verdict, reason, forced=force and verdict != "promoted")

    def rollback(self, reason: str) -> tuple[int, list[str]]:
        """Make the champion before this one champion again, the last one that is still whole.

        Returns:
            Its number, and why later ones were passed over.

        Raises:
            NotPromotable: There was none before, or none that is still on disk and whole.
        """
        with self._locked():
            here, passed_over = self.versions(), []
            champions = journal.champions(self.history())
            for version in reversed(champions):
                if version not in here or version == champions[-1]:
                    continue
                try:
                    self.read(version)
                except BrokenVersion as error:
                    passed_over.append(str(error))
                    continue
                aliases = self.aliases()
                details = {"from": aliases.get(CHAMPION), "to": version, "reason": reason}
                with journal.recorded(self.folder, "rollback", **details):
                    journal.write_aliases(self.folder, aliases | {CHAMPION: version})
                return version, passed_over
            raise NotPromotable("; ".join(["there is no earlier champion to go back to", *passed_over]))

    def prune(self, keep: int) -> list[int]:
        """Remove old versions, but not what an alias names, what rollback would need, or the last `keep`.

        Returns:
            The numbers that were removed.
        """
        with self._locked():
            versions = self.versions()
            kept = {
                *self.aliases().values(),
                *[version for version in journal.champions(self.history()) if version in versions][-2:],
                *versions[max(len(versions) - keep, 0) :],
            }
            removed = [version for version in versions if version not in kept]
            if not removed:
                return []
            # Renamed first: a half-deleted version is never visible.
            token = secrets.token_hex(4)  # so that nothing lies there already
            trash = {version: self.folder / f"{staging.PREFIX}pruned-{version}-{token}" for version in removed}
            with journal.recorded(self.folder, "prune", versions=removed), ExitStack() as undo:
                for version, path in trash.items():
                    self.path(version).rename(path)
                    undo.callback(path.rename, self.path(version))
                undo.pop_all()
            for version, path in trash.items():
                audits.remove_audit(self.folder, version)
                files.remove(path)
                if os.path.lexists(path):
                    raise StoreError(f"{path} is not needed any more and can't be removed")
            return removed

    def _is_in_a_model(self) -> bool:
        """Whether what was given for the folder of stores is one of them."""
        return next(self.folder.parent.glob(f"[1-9]*/{MANIFEST}"), None) is not None

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
        if not os.path.lexists(self.path(version) / SIGNATURE):
            raise BrokenVersion(f"version {version}: it is not signed, and {TRUSTED_KEYS} asks for that")
        signer = self._trusted_keys.signer(manifest, self._read_unchecked(version, SIGNATURE, SIGNATURE_BYTES))
        if signer is None:
            raise BrokenVersion(f"version {version}: no key in {TRUSTED_KEYS} has signed it as it is")
        return signer

    def _read_unchecked(self, version: int, path: str, most: int) -> bytes:
        """Read a file of a version as it is; of one that has more bytes than it may, one more, so that it shows.

        Raises:
            BrokenVersion: It can't be read.
        """
        try:
            with files.open_file(self.folder, f"{version}/{path}") as file:
                return file.read(most + 1)
        except OSError as error:
            raise BrokenVersion(f"version {version}: {path} can't be read: {error.strerror}") from error
        except StoreError as error:
            raise BrokenVersion(f"version {version}: {path} can't be read: {error}") from None  # it is all said

    @contextmanager
    def _locked(self, *, create: bool = False) -> Iterator[None]:
        if not self.is_made() and (not create or self._is_in_a_model()):
            raise self.nothing_here()
        with _as_store_error(), ExitStack() as held:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context(files.open_file(self.folder, ".lock", "ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._finish_undone()
            yield

    def _finish_undone(self) -> None:
        """Record what a killed process did without recording it; a version that is visible is complete."""
        staging.remove_stale(self.folder)
        recorded = {event["version"] for event in self.history() if event["event"] == "publish"}
        for version in self.versions():
            if version not in recorded:
                try:
                    manifest, content = self._read_manifest(version)
                except BrokenVersion:
                    continue  # put there by hand; `verify` says what is wrong with it
                self._record_publication(version, manifest.verdict, content)
        champion = self.aliases().get(CHAMPION)
        former = journal.champions(self.history())
        if champion is None:
            # Lost: what was champion last and is still here. None yet: the first version.
            here = self.versions()
            for version in [version for version in reversed(former) if version in here] or here:
                try:
                    verdict = self.manifest(version).verdict
                except BrokenVersion:
                    continue
                if former[-1:] == [version]:  # recorded already
                    journal.write_aliases(self.folder, self.aliases() | {CHAMPION: version})
                else:
                    self._crown(version, verdict, "aliases.json named no champion")
                break
        elif former[-1:] != [champion]:
            found = {"from": former[-1] if former else None, "to": champion, "reason": "found in aliases.json"}
            if champion in former:
                journal.append_history(self.folder, "rollback", **found)
            else:
                journal.append_history(self.folder, "promote", **found, verdict=None, forced=False)

    def _record_publication(self, version: int, verdict: str, manifest: bytes) -> None:
        digest = staging.digest(manifest).sha256
        journal.append_history(self.folder, "publish", version=version, verdict=verdict, manifest_sha256=digest)

    def _crown(self, version: int, verdict: str, reason: str, *, forced: bool = False) -> None:
        aliases = self.aliases()
        others = {alias: number for alias, number in aliases.items() if (alias, number) != (CHALLENGER, version)}
        details = {"from": aliases.get(CHAMPION), "to": version, "verdict": verdict, "forced": forced, "reason": reason}
        with journal.recorded(self.folder, "promote", **details):
            journal.write_aliases(self.folder, others | {CHAMPION: version})


@contextmanager
def _as_store_error() -> Iterator[None]:
    """A full disk and the like are the store's trouble, not a bug."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise StoreError(f"the store can't be written: {error.strerror}{where}") from error
