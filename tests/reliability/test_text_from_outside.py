"""Every parser of text from outside gets 128 KB of what is hardest to read: its time is in proportion to the length."""

import gc
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import pytest

from registry.contract.features import Category, FeatureSchema, Number, as_number
from registry.contract.features.missing import is_missing_mark
from registry.contract.table import find_encoding, find_note, read_table, says_nobody
from registry.errors import StoreError
from registry.store.manifest import Manifest
from registry.store.places.folder import Folder
from service.app import create_app
from service.errors import RequestError
from service.reading.instances import InstanceReader
from service.reading.json_text import parse_json
from service.server import wsgi
from service.settings import Settings
from service.web import api_keys
from tests.support.growth import stays_linear
from training.__main__ import main
from training.config import parse_dataset_file
from training.table.numerals import find_numerals
from training.terms.header import actionable_direction, ends_well, header_is, header_mentions, more_is_better

MOST = 120_000  # characters: more than csv takes in a cell would be another way, and not a longer one
# Once and again, with an x behind that does not fit.
PIECES = {
    "digits": "1",
    "digits of others": "\uff11",
    "marks": ".",
    "commas": ",",
    "groups": "'111",
    "decimals": "1.",
    "exponents": "1e",
    "shares": "1/",
    "minus": "-",
    "percent": "%25",
    "semicolons": ";",
    "bars": "|",
    "tabs": "\t",
    "blanks": " ",
    "lines": "\n",
    "returns": "\r",
    "rows": "a,b\n",
    "quotes": '"',
    "quoted": '"\n",',
    "apostrophes": "'",
    "triple quotes": "'''",
    "backslashes": "\\",
    "half characters": "\\ud800",
    "nul": "\0",
    "combining": "\u0315\u0300",
    "letters with marks": "a\u0301",
    "decomposed": "\ufdfa",
    "overrides": "\u202e",
    "byte-order marks": "\ufeff",
    "lists": "[",
    "empty lists": "[],",
    "objects": '{"":',
    "empty objects": "{},",
    "fields": '"a":1,',
    "tables": "[[a]]\n",
    "keys": "a.",
    "entries": "a.b=1\n",
    "parameters": "a=b&",
    "comments": "#",
    "colons": ":",
    "capitals": "aB",
    "words": "not ",
    "letters": "a",
    "umlauts": "\u00e4",
}
SCHEMA = FeatureSchema(
    (
        Number("hours", unit="h", suffixes=("std",), out_of=20, other_mark="thousands", missing=("k.A.",)),
        Category("school", vocabulary=("Lycée", "b"), missing=("none",), nullable=True),
    ),
    id="id",
    skip_rows=("Summe",),
)
READER = InstanceReader(SCHEMA, 10_000)
REFUSED = (ValueError, RequestError, StoreError)


def read_cell(text: str) -> None:
    for feature in SCHEMA.features:
        for decimal in ".,":
            feature.try_encode_cells([text], decimal)
            feature.fault_of(text, decimal)
            with suppress(ValueError):
                feature.read_cell(text, decimal)


def read_header(text: str) -> None:
    header_mentions(text, "id")
    header_is(text, "mark")
    ends_well(text)
    more_is_better(text)
    actionable_direction(text)


def propose(text: str, folder: Path) -> None:
    (folder / "t.csv").write_bytes(to_bytes(text))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        main(["init", str(folder / "t.csv"), "--target", "passed", "-o", str(folder / "t.toml"), "--force"])


def read_file(name: str, read: Callable[[Path], object]) -> Callable[[str, Path], object]:
    """Reads a text as a file of that name in a folder."""

    def as_file(text: str, folder: Path) -> None:
        (folder / name).write_bytes(to_bytes(text))
        read(folder / name)

    return as_file


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def in_table(header: str, row: str) -> str:
    return f"{header},passed\n" + "1,2,1\n3,4,0\n" * 20 + f"{row},1\n"


# What reads a text, and in its folder what reads a file.
PARSERS: dict[str, Callable[[str, Path], object]] = {
    "cell": lambda text, _: read_cell(text),
    "any cell": lambda text, _: (
        as_number(text, "."),
        is_missing_mark(text),
        says_nobody([text], [0]),
        find_note([text]),
    ),
    "column": lambda text, _: find_numerals({text: 1, "1": 2, "2": 1}, "."),
    "encoding": lambda text, _: find_encoding(text.encode("latin-1", "replace"), ("Lycée",)),
    "header": lambda text, _: read_header(text),
    "table": lambda text, _: read_table(text, ("hours",)),
    "CSV": lambda text, _: READER.read_csv(to_bytes(text), ""),
    "CSV header": lambda text, _: READER.read_csv(to_bytes(f"hours,school,{text}\n1,b,2\n"), ""),
    "CSV cell": lambda text, _: READER.read_csv(to_bytes(f"hours,school,id\n1,{text},2\n"), "utf-8"),
    "CSV in UTF-16": lambda text, _: READER.read_csv(to_bytes(f"hours,school,id\n1,{text},2\n"), "utf-16"),
    "CSV rows": lambda text, _: READER.read_csv(to_bytes(f"hours,school,id\n{text}"), ""),
    "JSON": lambda text, _: READER.read_json(to_bytes(text)),
    "JSON text": lambda text, _: READER.read_json(to_bytes(f'{{"hours":"{text}","school":"b"}}')),
    "JSON key": lambda text, _: READER.read_json(to_bytes(f'{{"hours":1,"school":"b","{text}":1}}')),
    "JSON id": lambda text, _: READER.read_json(to_bytes(f'{{"hours":1,"school":"b","id":"{text}"}}')),
    "JSON value": lambda text, _: READER.read_json(to_bytes(f'{{"hours":{text},"school":"b"}}')),
    "instances": lambda text, _: READER.read_json(to_bytes(f'{{"instances":[{text}1]}}')),
    "any JSON": lambda text, _: parse_json(to_bytes(f"[NaN,{text}1]")),
    "manifest": lambda text, _: Manifest.from_json(to_bytes(text)),
    "dataset file": lambda text, _: parse_dataset_file(text, Path("t.toml")),
    "dataset file's text": lambda text, _: parse_dataset_file(f'name="{text}"\n', Path("t.toml")),
    "dataset file's key": lambda text, _: parse_dataset_file(f"{text}=1\n", Path("t.toml")),
    "dataset file's value": lambda text, _: parse_dataset_file(f"name={text}\n", Path("t.toml")),
    "safe name": lambda text, _: FeatureSchema((Number(f"a{text}b"),)).safe_names,
    "target": lambda text, _: wsgi.set_target({}, "GET", to_bytes(text)),
    "target as for a proxy": lambda text, _: wsgi.set_target({}, "GET", to_bytes(f"http://{text}")),
    "name of a header": lambda text, _: wsgi.header_key(to_bytes(text)),
    "key file": read_file("keys", api_keys.check_file),
    "history": read_file("history.jsonl", lambda path: [*Folder(path.parents[1], path.parent.name).history()]),
    "aliases": read_file("aliases.json", lambda path: Folder(path.parents[1], path.parent.name).aliases()),
    "init": propose,
    "init's header": lambda text, folder: propose(in_table(f"x,{text}", "1,2"), folder),
    "init's cell": lambda text, folder: propose(in_table("x,y", f"1,{text}"), folder),
}


@contextmanager
def refused() -> Iterator[None]:
    """Whether it is taken or not; and without a collection, which is in proportion to what else there is."""
    gc.disable()
    try:
        with suppress(*REFUSED):
            yield
    finally:
        gc.enable()


def repeat(piece: str) -> Callable[[int], str]:
    return lambda size: piece * (size * MOST // 2**17 // len(piece)) + "x"


@pytest.mark.parametrize(
    "parser", [pytest.param(name, marks=pytest.mark.long) if "init" in name else name for name in PARSERS]
)
def test_a_text_is_read_in_proportion_to_its_length(parser: str, tmp_path: Path) -> None:
    """Whatever it is made of, and whatever of it is taken."""

    def read(text: str) -> None:
        with refused():
            PARSERS[parser](text, tmp_path)

    assert [name for name, piece in PIECES.items() if not stays_linear(read, repeat(piece))] == []


# Where a request has text: in the environment that the server makes of its head, or in its body.
PLACES = {
    "path": ("GET", "/", "PATH_INFO"),
    "name of a model": ("GET", "/v1/models/", "PATH_INFO"),
    "version of a model": ("GET", "/v1/models/odd/versions/", "PATH_INFO"),
    "name of a V2 model": ("GET", "/v2/models/", "PATH_INFO"),
    "query": ("POST", "version=", "QUERY_STRING"),
    "query itself": ("POST", "", "QUERY_STRING"),
    "media type": ("POST", "", "CONTENT_TYPE"),
    "charset": ("POST", "text/csv; charset=", "CONTENT_TYPE"),
    "Accept": ("POST", "", "HTTP_ACCEPT"),
    "Host": ("POST", "", "HTTP_HOST"),
    "key": ("POST", "Bearer ", "HTTP_AUTHORIZATION"),
    "other key": ("POST", "", "HTTP_X_API_KEY"),
    "cookie": ("POST", "", "HTTP_COOKIE"),
    "request id": ("POST", "", "HTTP_X_REQUEST_ID"),
    "trace": ("POST", "00-", "HTTP_TRACEPARENT"),
    "method": ("", "", "REQUEST_METHOD"),
    "length of JSON": ("POST", "", "HTTP_INFERENCE_HEADER_CONTENT_LENGTH"),
}
BODIES = {
    "/predict": "{}",
    "/score": "hours,school\n1,{}\n",
    "/recourse": '{{"instances":[{}1]}}',
    "/explain": '{{"hours":"{}"}}',
    "/v1/models/odd:predict": '{{"instances":[{}1]}}',
    "/v1/models/odd/versions/1:predict": '{{"signature_name":"{}","inputs":1}}',
    "/v2/models/odd/infer": '{{"id":"{}","inputs":[{{}}]}}',
    "/v2/models/odd/versions/1/infer": '{{"inputs":[{{"name":"a","data":[{}1],"shape":[1],"datatype":"BYTES"}}]}}',
    "/v2/repository/index": "{}",
}


@pytest.fixture(scope="module")
def ask(odd: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., int]:
    """Asks the application as the server does, and gives the status of the answer."""
    keys = tmp_path_factory.mktemp("keys") / "keys"
    key, line = api_keys.make_key("app")
    keys.write_text(line)
    app = create_app(Settings(models_dir=odd, model="odd", api_keys_file=keys))

    def answer(method: str, path: str, body: bytes = b"", **environ: str) -> int:
        asked: dict[str, Any] = wsgi.base_environ(("127.0.0.1", 80), ("127.0.0.1", 1))
        asked |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "CONTENT_LENGTH": str(len(body))}
        asked |= {"CONTENT_TYPE": "text/csv" if path == "/score" else "application/json", "HTTP_X_API_KEY": key}
        return int(wsgi.call(app, asked | environ, body).status.split()[0])

    return answer


@pytest.mark.parametrize("place", PLACES)
def test_the_head_of_a_request_is_read_in_proportion_to_its_length(place: str, ask: Callable[..., int]) -> None:
    """Wherever text stands in it, were it as long as a body."""
    method, before, variable = PLACES[place]

    def read(text: str) -> None:
        with refused():
            text = f"{before}{to_bytes(text).decode('latin-1')}"
            path = "/v2/models/odd/infer" if "INFERENCE" in variable else "/predict"
            assert ask(method, path, b"{}", **{variable: text}) < 500

    assert [name for name, piece in PIECES.items() if not stays_linear(read, repeat(piece))] == []


@pytest.mark.parametrize("path", BODIES)
def test_the_body_of_a_request_is_read_in_proportion_to_its_length(path: str, ask: Callable[..., int]) -> None:
    """On every route that takes one, every fault of it included."""

    def read(text: str) -> None:
        with refused():
            assert ask("POST", path, to_bytes(BODIES[path].format(text))) < 500

    assert [name for name, piece in PIECES.items() if not stays_linear(read, repeat(piece))] == []


def test_many_names_that_look_alike_are_told_apart_in_proportion_to_their_number() -> None:
    """Each gets a number of its own, without a look at those before."""
    assert stays_linear(
        lambda text: FeatureSchema(tuple(map(Number, text.split()))).safe_names,
        lambda size: " ".join("\u00e4" + "\u0301" * 2 + chr(0x4E00 + number) for number in range(size // 8)),
    )
