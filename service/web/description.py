"""The description of the API in OpenAPI 3.1, as routes add to it: apispec, with this service's errors and keys."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from apispec import APISpec

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
CSV: Json = {"type": "string", "format": "binary"}  # in any charset
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
PROBABILITY: Json = {"type": "number", "minimum": 0, "maximum": 1}
TRUE: Json = {"type": "boolean", "const": True}
NUMBER: Json = {"type": "integer", "minimum": 0}
NUMBER_FROM_1: Json = {"type": "integer", "minimum": 1}
# What goes wrong, in words, and after which status of an answer.
_WHEN = {
    HTTPStatus.BAD_REQUEST: "The body can't be read.",
    HTTPStatus.UNAUTHORIZED: "No API key, or one that is not known.",
    HTTPStatus.FORBIDDEN: "The API key is for other models.",
    HTTPStatus.NOT_FOUND: "No such model or version, or one that is refused.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More bytes, or more students, than one request may hold.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Of a media type, or compressed in a way, that is not taken.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Fields are at fault; each is named.",
    HTTPStatus.SERVICE_UNAVAILABLE: "No version is loaded yet, or more is asked for than can be answered in time.",
}


class Description(APISpec):
    """What there is to ask, and in which form it is answered."""

    def __init__(self, title: str, version: str, text: str, *, needs_key: bool) -> None:
        """Begin a description.

        Args:
            title: Of the API.
            version: Of it.
            text: What it is for.
            needs_key: Whether routes are answered only with a key, unless they are open to all.
        """
        # Relative to the description, hence below a proxy's prefix too.
        super().__init__(title, version, "3.1.0", info={"description": text}, servers=[{"url": "."}])
        self._needs_key = needs_key
        if needs_key:
            self.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
            self.components.security_scheme("header", {"type": "apiKey", "in": "header", "name": "X-API-Key"})

    def add(
        self,
        method: str,
        path: str,
        name: str,
        summary: str,
        answer: Json,
        *,
        errors: Sequence[int] = (),
        parameters: Sequence[Json] = (),
        body: Json | None = None,
        text: str | None = None,
        tag: str = "passfail",
        error: str = "Problem",
        open_to_all: bool = False,
    ) -> None:
        """Add an operation.

        Args:
            method: `get` or `post`.
            path: With its parameters in braces.
            name: Another for each operation.
            summary: What it does, in a line.
            answer: With status 200, as `answered` makes it.
            errors: Statuses of what may go wrong.
            parameters: In the path and in the query.
            body: Of the request, as OpenAPI has it.
            text: More of what it does.
            tag: The protocol: `passfail`, or a dialect.
            error: Name of the schema that its errors have.
            open_to_all: Whether it is answered without a key.
        """
        needs_key = self._needs_key and not open_to_all
        content = {f"application/{'problem+' if error == 'Problem' else ''}json": {"schema": error}}
        statuses = [*errors, *([HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN] if needs_key else [])]
        operation: Json = {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "responses": {200: answer}
            | {int(status): {"description": _WHEN[HTTPStatus(status)], "content": content} for status in statuses},
        }
        optional = {"description": text, "parameters": list(parameters), "requestBody": body}
        operation |= {key: value for key, value in optional.items() if value}
        if needs_key:
            operation["security"] = [{"bearer": []}, {"header": []}]
        self.path(path, operations={method: operation})

    def add_schemas(self, schemas: Mapping[str, Json]) -> None:
        """Add schemas that others name: in place of a schema, its name will do."""
        for name, schema in schemas.items():
            self.components.schema(name, schema)


def answered(schema: Json | str, text: str, media_type: str = "application/json") -> Json:
    """An answer: of a schema, or of one that is called so."""
    return {"description": text, "content": {media_type: {"schema": schema}}}


def body_of(content: Json, *, required: bool = True) -> Json:
    """The body of a request: media type → schema and examples."""
    return {"content": content} | ({"required": True} if required else {})


def examples_of(**examples: Any) -> Json:
    """Named examples, beside a schema."""
    return {"examples": {name: {"value": value} for name, value in examples.items()}}


def object_of(properties: Json, required: Sequence[str] | None = None) -> Json:
    """An object with these properties and no others, all of them unless it is said which."""
    required = list(properties if required is None else required)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def open_object_of(properties: Json) -> Json:
    """An object with these properties at least."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def one_of(texts: Sequence[str]) -> Json:
    """One of some texts."""
    return {"type": "string", "enum": list(texts)}


def list_of(items: Json | str, least: int = 0, most: int | None = None) -> Json:
    """A list of a schema, or of one that is called so."""
    limits = {"minItems": least, "maxItems": most}
    return {"type": "array", "items": items} | {name: limit for name, limit in limits.items() if limit}


def in_path(name: str, schema: Json) -> Json:
    """A parameter in the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def in_query(name: str, schema: Json, text: str | None = None) -> Json:
    """A parameter in the query, which may be left out."""
    return {"name": name, "in": "query", "schema": schema} | ({} if text is None else {"description": text})
