"""The Flask application, put together: its routes and dialects, a file or a folder each."""

from service.context import Context
from service.dialects import errors, open_inference, tensorflow_serving
from service.routes import docs, explain, metrics, model, openapi, page, predict, probes, recourse, score
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.versions import Versions
from service.web import access, bodies, cors, hosts, problems
from service.web.lean_flask import LeanFlask

# Each has `blueprint`, its routes, and `describe`, their words for OpenAPI; a dialect
# also `PREFIX`, its paths, and `to_error`.
ROUTES = (predict, explain, score, recourse, model, probes, metrics)
DIALECTS = (tensorflow_serving, open_inference)


def create_app(settings: Settings) -> LeanFlask:
    """Make the application and load what it serves. Called in each worker, after the fork.

    Args:
        settings: How it runs.
    """
    context = Context(settings, Versions(settings, counts := Metrics()), counts)
    app = LeanFlask(__name__, counts, settings.max_body_bytes)
    problems.register(app, {dialect.PREFIX: dialect.to_error for dialect in DIALECTS})
    cors.register(app, settings.cors_origins)
    if settings.api_keys_file is None:
        hosts.register(app, settings.allowed_hosts)
    else:
        access.register(app, settings.api_keys_file)
    app.checks.append(bodies.check_coding)
    for part in (*ROUTES, *DIALECTS):
        app.register_blueprint(part.blueprint(context))
    described = (problems, errors, *ROUTES, *DIALECTS)
    app.register_blueprint(openapi.blueprint(context, [part.describe for part in described]))
    app.register_blueprint(page.blueprint())
    app.register_blueprint(docs.blueprint())
    context.versions.start()
    return app
