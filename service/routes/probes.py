"""`/livez` and `/readyz`: for whoever starts, stops and balances services."""

from flask import Blueprint, Response

from service.context import Context
from service.server.lanes import Lane, lane
from service.web.access import open_to_all
from service.web.bodies import answer
from service.web.description import NUMBER_FROM_1, Description, answered, object_of, one_of
from service.web.hosts import for_any_host
from service.web.lean_flask import refuse_if_stopping


def blueprint(context: Context) -> Blueprint:
    """The routes."""
    models = context.models
    routes = Blueprint("probes", __name__)

    @routes.get("/livez")
    @open_to_all
    @for_any_host
    @lane(Lane.PROBE)
    def get_livez() -> Response:
        return answer({"status": "alive"})

    @routes.get("/readyz")
    @open_to_all
    @for_any_host
    @lane(Lane.PROBE)
    def get_readyz() -> Response:
        refuse_if_stopping()
        version = models.check_ready()
        return answer({"status": "ready"} | ({} if version is None else {"version": version}))

    return routes


def describe(description: Description, *_: object) -> None:
    """Describe them."""
    alive = answered(object_of({"status": one_of(["alive"])}), "It does.")
    description.add("get", "/livez", "livez", "Whether the process answers", alive, open_to_all=True)
    ready = answered(object_of({"status": one_of(["ready"]), "version": NUMBER_FROM_1}, ["status"]), "There is one.")
    description.add("get", "/readyz", "readyz", "Whether a version is loaded", ready, errors=[503], open_to_all=True)
