"""Flask without what no request here needs, and with what the server asks of a request's head."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, current_app, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from service.errors import BodyTooLarge, NotReady, Overloaded, RequestError
from service.server.connection import REFUSAL
from service.server.lanes import Lane
from service.telemetry.metrics import Metrics
from service.telemetry.request_log import RequestLog
from service.web.security import SECURITY_HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_View = TypeVar("_View", bound=Callable[..., Any])
_NO_SESSION = NullSession()
_ROUTE = "passfail.route"  # in the environment: what `admit` has found
_TO_LOAD = "passfail.to_load"  # and the model and version that the answer may have to wait for
NAME = "name"  # of the argument of a route that names a model
_NUM_KEPT, _MAX_KEPT_PATH = 4096, 200  # routes that are kept by their path, and its length
MAX_LITTLE_BYTES = 2**16  # of a body that the loop may answer
MAX_LITTLE_US = 20_000  # that it may take at the very most
# What a piece of a body takes at the most, in µs: a student with every field at fault; a value in one with none.
_STUDENT_US, _VALUE_US = 150, 4

# Asked of a head whose route's view is known: raises why it is refused.
Check = Callable[["WSGIEnvironment", Callable[..., Any]], None]


class _Route(NamedTuple):
    """A request's route, or why it has none; stands in for Flask's own look for it.

    Attributes:
        rule: The route.
        arguments: Of its view.
        view: Answers.
        error: Why the request is refused; None where it is not.
    """

    rule: Rule | None
    arguments: dict[str, Any]
    view: Callable[..., Any] | None
    error: Exception | None

    def match(self, *, return_rule: bool) -> tuple[Rule | None, dict[str, Any]]:
        """What Flask asks its own for."""
        if isinstance(self.error, HTTPException):
            raise self.error
        return self.rule, self.arguments

    def allowed_methods(self) -> Collection[str]:
        """The methods of the route."""
        return (self.rule and self.rule.methods) or ()


class Models(Protocol):
    """What loads a model, and a version of it, when they are asked for; None is the default one."""

    def must_load(self, name: str | None, reference: str | None) -> bool:
        """Whether whoever asks has to wait until they are looked for."""

    def load(self, name: str | None, reference: str | None) -> None:
        """Load them."""

    def use(self, name: str | None, reference: str | None) -> AbstractContextManager[None]:
        """Keep them meanwhile."""


def arguments_of(environ: "WSGIEnvironment") -> Mapping[str, Any]:
    """The arguments of a request's view, as its path has them; of one that `admit` has seen."""
    route: _Route = environ[_ROUTE]
    return route.arguments


def by_version(view: _View) -> _View:
    """Mark a view that is answered by the version which its path names, as `number` or `version`, or else its query."""
    view.is_by_version = True  # type: ignore[attr-defined]  # functions take attributes
    return view


def _reference(environ: "WSGIEnvironment", route: _Route) -> str | None:
    """The version that a request asks for; None where it asks for none, or its view for no version."""
    if not getattr(route.view, "is_by_version", False):
        return None
    for name in ("number", "version"):
        if (named := route.arguments.get(name)) is not None:
            return str(named)
    query = environ.get("QUERY_STRING", "")
    fields = parse_qsl(query, keep_blank_values=True) if query else []
    return next((value for name, value in fields if name == "version"), None)


class NoSessions(SessionInterface):
    """No session is read, kept or sent."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """The one that holds nothing."""
        return _NO_SESSION


class LeanFlask(Flask):
    """An application whose views are plain functions, each with a lane, and whose clients have no sessions.

    Attributes:
        checks: Of a head, in this order.
        metrics: Count every request.
        models: Load what is asked for in a thread of its own.
        is_stopping: Whether the worker will soon take no more; it says so.
        headers: Of every answer, unless it has another of the name.
        headers_for: More of every answer, after its request.
    """

    session_interface = NoSessions()
    models: Models | None = None
    is_stopping = False
    headers = tuple(SECURITY_HEADERS.items())

    def __init__(self, name: str, metrics: Metrics, max_body_bytes: int) -> None:
        """Make an application without routes.

        Args:
            name: Of the module.
            metrics: Count every request.
            max_body_bytes: Of a longer body nothing is taken.
        """
        self.checks: list[Check] = []
        self.headers_for: list[Callable[[WSGIEnvironment], Iterable[tuple[str, str]]]] = []
        self.metrics = metrics
        self._log = RequestLog(metrics)
        self._max_body_bytes = max_body_bytes
        super().__init__(name, static_folder=None)
        # No route redirects: behind a proxy it would lead to plain http, and take key and students along.
        self.url_map.merge_slashes = self.url_map.redirect_defaults = False
        self._routes = self.url_map.bind("")
        self._found: dict[tuple[str, str], _Route] = {}  # by method and path: to look takes a fifth of a request

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *further: Any, **options: Any
    ) -> None:
        """Add a route.

        Raises:
            TypeError: Its view has no lane, so that nobody would know where to answer it.
        """
        if not isinstance(getattr(view_func, "lane", None), Lane):
            raise TypeError(f"{rule} has no lane: mark its view by @lane")
        super().add_url_rule(rule, endpoint, view_func, *further, **options)

    def admit(self, environ: "WSGIEnvironment") -> Lane:
        """Find the route of a request, and its lane: REFUSED where it is answered without its body."""
        self._log.name(environ)
        environ[_ROUTE] = route = self._find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if route.view is None:
            return Lane.REFUSED
        try:
            for check in self.checks:
                check(environ, route.view)
        except RequestError as error:
            environ[_ROUTE] = route._replace(error=error)
            return Lane.REFUSED
        if environ["REQUEST_METHOD"] == "OPTIONS":  # answered without the view
            return Lane.REFUSED
        lane: Lane = route.view.lane  # type: ignore[attr-defined]
        name, reference = route.arguments.get(NAME), _reference(environ, route)
        if self.models is None or (name is None and reference is None):
            return lane
        environ[_TO_LOAD] = name, reference
        # A probe is answered in the loop whatever there is.
        return Lane.THREADS if lane is Lane.PROBE and self.models.must_load(name, reference) else lane

    @property
    def may_load(self) -> bool:
        """Whether anything has to be loaded for a request before it can be answered."""
        return self.models is not None

    def must_load(self, environ: "WSGIEnvironment") -> bool:
        """Whether something has: told by the head, right before the answer."""
        return _TO_LOAD in environ and self.models is not None and self.models.must_load(*environ[_TO_LOAD])

    def load(self, environ: "WSGIEnvironment") -> None:
        """Load it; a request is told by its view what there is not."""
        if self.models is not None:
            try:
                self.models.load(*environ[_TO_LOAD])
            except Exception:  # its view says so; the thread goes on
                logging.getLogger(__name__).exception("loading a model failed")

    def _find(self, method: str, path: str) -> _Route:
        if found := self._found.get((method, path)):
            return found
        try:
            path_text = path.encode("latin-1").decode("utf-8", "replace")  # as WSGI has it
            rule, arguments = self._routes.match(path_text, method, return_rule=True)
        except HTTPException as error:
            return _Route(None, {}, None, error)
        route = _Route(rule, dict(arguments), self.view_functions[rule.endpoint], None)
        if len(path) <= _MAX_KEPT_PATH:
            if len(self._found) >= _NUM_KEPT:  # somebody makes up paths; those that are asked for come again
                self._found.clear()
            self._found[method, path] = route
        return route

    def is_little_work(self, body: bytes | bytearray) -> bool:
        """Whether a body takes a moment even where all of it is at fault, as far as a quick look tells."""
        if len(body) > MAX_LITTLE_BYTES:
            return False
        num_students = body.count(b"{") + body.count(b"\n")  # of JSON, and of CSV
        num_values = body.count(b",") + body.count(b"[")
        return num_students * _STUDENT_US + num_values * _VALUE_US <= MAX_LITTLE_US

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request: its log line, its count and the headers of every answer included."""
        if _ROUTE not in environ:  # else the server has asked before
            self.admit(environ)
        self._log.begin(environ)
        with self.request_context(environ):
            response = self.full_dispatch_request()
        body = b"".join(response.iter_encoded())
        response.close()
        route, status = environ[_ROUTE], response.status_code
        # Of probes that are well there is nothing to tell, some hundred times an hour.
        level = logging.DEBUG if status == 200 and route.view.lane is Lane.PROBE else logging.INFO
        request_id = self._log.end(environ, None if route.rule is None else route.rule.rule, status, level)
        headers = response.headers.to_wsgi_list()
        given = {name for name, _ in headers}
        headers += [header for header in self.headers if header[0] not in given]
        headers.append(("X-Request-ID", request_id))
        for more in self.headers_for:
            headers += more(environ)
        start_response(response.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def create_url_adapter(self, request: Request | None) -> Any:
        """The route that `admit` has found."""
        return None if request is None else request.environ[_ROUTE]

    def full_dispatch_request(self) -> Response:
        """Let the view answer, or what answers errors; there are no hooks and no signals."""
        try:
            answer = self.dispatch_request()
        except Exception as error:
            answer = self.handle_user_exception(error)
        return self.make_response(answer)

    def dispatch_request(self) -> Any:
        """Let the view answer, unless the request is refused.

        Raises:
            RequestError: It is: at its head, or by the server.
        """
        environ = request.environ
        route: _Route = environ[_ROUTE]
        if route.error is not None:
            raise route.error
        if REFUSAL in environ:
            is_too_large = environ[REFUSAL] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            raise BodyTooLarge(self._max_body_bytes) if is_too_large else _overloaded()
        # OPTIONS is answered without the view, in the loop and to whoever asks; `admit` names nothing to load for it.
        if self.models is None or _TO_LOAD not in environ:
            return super().dispatch_request()
        with self.models.use(*environ[_TO_LOAD]):
            return super().dispatch_request()

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Nothing: no function waits for it."""

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """Nothing: no function waits for it."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """A view as it is: none is a coroutine."""
        return func


def refuse_if_stopping() -> None:
    """For probes of readiness: let balancers know in time.

    Raises:
        NotReady: The worker will soon take no more connections.
    """
    if current_app.is_stopping:  # type: ignore[attr-defined]  # a `LeanFlask`
        raise NotReady("this service is stopping; send it no more")


def _overloaded() -> Overloaded:
    return Overloaded("more is asked for than this service can answer in time; try again later")
