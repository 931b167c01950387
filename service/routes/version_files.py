"""`/model/versions/...`: what a version holds for people and for the page, as it lies on disk."""

from flask import Blueprint, Response

from registry.errors import StoreError
from registry.store.model_store import CURVES, MEMBERS, MODEL_CARD, REPORT
from service.errors import NotOffered, VersionNotLoaded
from service.server.lanes import Lane, lane
from service.versions.listing import describe_versions, manifest_of
from service.versions.versions import Versions
from service.web.bodies import answer

# The report is one file with its own style and pictures, and nothing that runs.
_REPORT_POLICY = "; ".join(
    ("default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "base-uri 'none'", "frame-ancestors 'none'")
)
_JSON = "application/json"


def blueprint(versions: Versions) -> Blueprint:
    """The routes.

    Args:
        versions: What this worker holds, and its store.
    """
    routes = Blueprint("version_files", __name__)

    @routes.get("/model/versions")
    @lane(Lane.TURNS)
    def get_versions() -> Response:
        return answer({"name": versions.store.name, "versions": describe_versions(versions.store, versions.snapshot)})

    @routes.get("/model/versions/<int:version>/report")
    @lane(Lane.TURNS)
    def get_report(version: int) -> Response:
        response = Response(_read(versions, version, REPORT), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _REPORT_POLICY
        return response

    @routes.get("/model/versions/<int:version>/model-card")
    @lane(Lane.TURNS)
    def get_model_card(version: int) -> Response:
        return Response(_read(versions, version, MODEL_CARD), content_type="text/markdown; charset=utf-8")

    @routes.get("/model/versions/<int:version>/training")
    @lane(Lane.TURNS)
    def get_training(version: int) -> Response:
        return Response(_read(versions, version, CURVES), content_type=_JSON)

    @routes.get("/model/versions/<int:version>/members/<int:member>")
    @lane(Lane.TURNS)
    def get_member(version: int, member: int) -> Response:
        return Response(_read(versions, version, f"{MEMBERS}/{member}.json"), content_type=_JSON)

    return routes


def _read(versions: Versions, number: int, path: str) -> bytes:
    """Read a file of a version that is on disk, served or not, and check it against the version's manifest.

    Raises:
        VersionNotLoaded: There is no such version, or it can't be read as it was published.
        NotOffered: It has no such file.
    """
    try:
        manifest = manifest_of(versions.store, versions.snapshot, number)
        if path not in manifest.files:
            raise NotOffered(f"version {number} does not have that")
        return versions.store.read_file(manifest, path)
    except StoreError as error:
        raise VersionNotLoaded(str(error)) from error
