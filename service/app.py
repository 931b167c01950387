"""The Flask application: its routes, and the steps of each, none of them done here."""

from flask import Response, request

from service.dialects.open_inference import routes as open_inference
from service.dialects.tensorflow_serving import routes as tensorflow_serving
from service.errors import NotReady
from service.reading.body import read_csv_body, read_instances, read_instances_and
from service.routes import docs, page, version_files
from service.routes.explain import explain
from service.routes.openapi import describe_api
from service.routes.predict import predict
from service.routes.recourse import TARGET, find_recourse, read_target
from service.routes.score import score_table
from service.server.lanes import Lane, lane
from service.settings import Settings
from service.telemetry.metrics import MEDIA_TYPE, Metrics
from service.versions.listing import describe, list_versions
from service.versions.versions import Versions
from service.web import access, problems
from service.web.bodies import answer, answer_json
from service.web.lean_flask import LeanFlask, refuse_if_stopping


def create_app(settings: Settings) -> LeanFlask:
    """Make the application and load what it serves. Called in each worker, after the fork.

    Args:
        settings: How it runs.
    """
    metrics = Metrics()
    app = LeanFlask(__name__, metrics, settings.max_body_bytes)
    versions = Versions(settings, metrics)
    problems.register(app)
    access.register(app, settings.api_keys_file)
    app.register_blueprint(tensorflow_serving.blueprint(settings, versions, metrics))
    app.register_blueprint(open_inference.blueprint(settings, versions, metrics))
    app.register_blueprint(version_files.blueprint(versions))
    app.register_blueprint(page.blueprint())
    app.register_blueprint(docs.blueprint())

    @app.post("/predict")
    @lane(Lane.QUICK)
    def post_predict() -> Response:
        version = versions.find(request.args.get("version") if request.query_string else None)
        return answer_json(predict(version, read_instances(version.reader, settings.max_body_bytes), metrics))

    @app.post("/explain")
    @lane(Lane.TURNS)
    def post_explain() -> Response:
        version = versions.find(request.args.get("version"))
        return answer(explain(version, read_instances(version.reader, settings.max_body_bytes)))

    @app.post("/score")
    @lane(Lane.TURNS)
    def post_score() -> Response:
        version = versions.find(request.args.get("version"))
        body, charset = read_csv_body(settings.max_body_bytes)
        return answer(score_table(version, body, charset, request.args.get("decimal"), metrics))

    @app.post("/recourse")
    @lane(Lane.TURNS)
    def post_recourse() -> Response:
        version = versions.find(request.args.get("version"))
        batch, in_body = read_instances_and(TARGET, version.reader, settings.max_body_bytes)
        return answer(find_recourse(version, batch, read_target(version, in_body, request.args.getlist(TARGET))))

    @app.get("/model")
    @lane(Lane.THREADS)
    def get_model() -> Response:
        try:
            return answer(describe(versions))
        except NotReady as error:  # just when an operator needs to see what became of each version
            listed = list_versions(versions.store, versions.snapshot)
            return problems.problem(problems.STATUS[NotReady], str(error), versions=listed)

    @app.get("/openapi.json")
    @lane(Lane.THREADS)
    def get_openapi() -> Response:
        return answer(describe_api(versions.find(), settings))

    @app.get("/metrics")
    @lane(Lane.THREADS)
    def get_metrics() -> Response:
        return Response(metrics.exposition(), content_type=MEDIA_TYPE)

    @app.get("/livez")
    @access.open_to_all
    @lane(Lane.PROBE)
    def get_livez() -> Response:
        return answer({"status": "alive"})

    @app.get("/readyz")
    @access.open_to_all
    @lane(Lane.PROBE)
    def get_readyz() -> Response:
        refuse_if_stopping()
        return answer({"status": "ready", "version": versions.find().manifest.version})

    versions.start()
    return app
