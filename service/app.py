"""The Flask application, put together: its routes and dialects, a file or a folder each."""

from service.context import Context
from service.dialects import errors, open_inference, tensorflow_serving
from service.routes import docs, explain, metrics, model, models, openapi, page, predict, probes, recourse, score, table
from service.settings import Settings
from service.telemetry.metrics import Metrics
from service.versions.models import Models
from service.web import access, bodies, cors, hosts, problems
from service.web.lean_flask import LeanFlask

# Each has `blueprint`, its routes, and `describe`, their words for OpenAPI; a dialect
# also `PREFIX`, its paths, and `to_error`.
OF_A_MODEL = (predict, explain, score, table, recourse, model)  # each also below /models/NAME
OTHERS = (models, probes, metrics)
DIALECTS = (tensorflow_serving, open_inference)


def create_app(settings: Settings) -> LeanFlask:
    """Make the application and load what it serves. Called in each worker, after the fork.

    Args:
        settings: How it runs.
    """
    context = Context(settings, Models(settings, counts := Metrics()), counts)
    app = LeanFlask(__name__, counts, settings.max_body_bytes)
    problems.register(app, {dialect.PREFIX: dialect.to_error for dialect in DIALECTS})
    cors.register(app, settings.cors_origins)
    if settings.api_keys_file is None:
        hosts.register(app, settings.allowed_hosts)
    else:
        access.register(app, settings.api_keys_file, settings.model)
    app.checks.append(bodies.check_coding)
    app.models = context.models
    parts = openapi.Parts(
        [part.describe for part in OF_A_MODEL],
        [part.describe for part in OTHERS],
        [part.describe for part in (errors, *DIALECTS)],
    )
    for blueprint in (openapi.blueprint(context, parts), *(part.blueprint(context) for part in OF_A_MODEL)):
        app.register_blueprint(blueprint)
        app.register_blueprint(blueprint, name=f"{blueprint.name}_by_name", url_prefix="/models/<name>")
    for part in (*OTHERS, *DIALECTS):
        app.register_blueprint(part.blueprint(context))
    app.register_blueprint(page.blueprint())
    app.register_blueprint(docs.blueprint())
    context.models.start()
    return app
