"""The Flask application: its routes, and the steps of each, none of them done here."""

import re
import uuid
from typing import Any

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from service import problems
from service.errors import BodyTooLarge, NotParseable, NotReady, UnsupportedMediaType
from service.model import describe, list_versions
from service.overload import refuse_if_late
from service.predict import predict
from service.settings import Settings
from service.validation import Batch, InstanceReader
from service.versions import Versions


def create_app(settings: Settings) -> Flask:
    """Make the application and load what it serves. Called in each worker, after the fork.

    Args:
        settings: How it runs.
    """
    app = Flask(__name__, static_folder=None)
    # One byte more than is taken: of a chunked body that is too long, Werkzeug gives the start and says nothing.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    problems.register(app)
    versions = Versions(settings)
    versions.start()

    @app.before_request
    def identify() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if re.fullmatch(r"[\w.-]{1,100}", given, re.ASCII) else uuid.uuid4().hex

    @app.after_request
    def name_request(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        return response

    @app.post("/predict")
    def post_predict() -> Response:
        refuse_if_late()
        version = versions.find(request.args.get("version"))
        return answer(predict(version, read_instances(version.reader, settings.max_body_bytes)))

    @app.get("/model")
    def get_model() -> Response:
        try:
            return answer(describe(versions))
        except NotReady as error:  # just when an operator needs to see what became of each version
            listed = list_versions(versions.store, versions.snapshot)
            return problems.problem(problems.STATUS[NotReady], str(error), versions=listed)

    @app.get("/livez")
    def get_livez() -> Response:
        return answer({"status": "alive"})

    @app.get("/readyz")
    def get_readyz() -> Response:
        return answer({"status": "ready", "version": versions.find().manifest.version})

    return app


def read_instances(reader: InstanceReader, max_body_bytes: int) -> Batch:
    """Read the request's body after its media type.

    Raises:
        UnsupportedMediaType: Neither JSON nor CSV.
        BodyTooLarge: More bytes than are taken.
        RequestError: What the reader says of the body.
    """
    if request.mimetype not in ("application/json", "text/csv"):
        raise UnsupportedMediaType("send application/json or text/csv, and say so in Content-Type")
    try:
        body = request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception as error:  # gunicorn's own, of several kinds: a chunk that is none, a client that went away
        raise NotParseable("the body could not be read to its end") from error
    if len(body) < (request.content_length or 0):
        raise NotParseable("the body is shorter than Content-Length says")
    if len(body) > max_body_bytes:
        raise BodyTooLarge(f"at most {max_body_bytes} bytes are taken in one request")
    if request.mimetype == "text/csv":
        return reader.read_csv(body, request.mimetype_params.get("charset", "utf-8"))
    return reader.read_json(body)


def answer(document: Any) -> Response:
    """A JSON answer; NumPy's float32 is written in its shortest form."""
    return Response(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), content_type="application/json")
