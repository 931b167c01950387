"""Bodies that are compressed, on every route that takes one."""

import gzip
import json
import zlib
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.support.stores import STUDENT

COLUMNS = [{"name": name, "shape": [1], "datatype": "FP64", "data": [value]} for name, value in STUDENT.items()]
BODIES = {
    "/predict": STUDENT,
    "/explain": STUDENT,
    "/recourse": STUDENT,
    "/v1/models/pass_fail:predict": {"instances": [STUDENT]},
    "/v2/models/pass_fail/infer": {"inputs": COLUMNS},
    "/v2/repository/index": {},
}


@pytest.mark.parametrize(
    ("coding", "compress"), [("GZip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)]
)
@pytest.mark.parametrize("path", BODIES)
def test_a_compressed_body_is_as_any_other(
    client: FlaskClient, path: str, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    """On every route that takes JSON; so is one that is said not to be compressed."""
    body = json.dumps(BODIES[path]).encode()

    def post(body: bytes, coding: str) -> bytes:
        answer = client.post(path, data=body, content_type="application/json", headers={"Content-Encoding": coding})
        assert answer.status_code == 200
        return bytes(answer.data)

    assert post(compress(body), coding) == post(body, "identity") == post(body, "")


def test_a_compressed_table_is_as_any_other(client: FlaskClient) -> None:
    """In its own encoding, which is another matter."""
    table = "study_hours,sleep_hours,naïf\n6,5,é\n".encode("latin-1")
    for path, data in (("/score", table), ("/predict", b"study_hours,sleep_hours\n6,5\n")):
        of_table = {"Content-Type": "text/csv; charset=latin-1"}
        plain = client.post(path, data=data, headers=of_table)
        packed = client.post(path, data=gzip.compress(data), headers=of_table | {"Content-Encoding": "gzip"})

        assert plain.status_code == 200
        assert plain.data == packed.data


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "gzip;q=1", "chunked", "*"])
@pytest.mark.parametrize("path", [*BODIES, "/score"])
def test_another_coding_is_refused_with_those_that_are_taken(client: FlaskClient, path: str, coding: str) -> None:
    """In the form of the dialect; where no body is read, it does not matter."""
    refused = client.post(path, data=b"x", content_type="application/json", headers={"Content-Encoding": coding})
    passed_over = client.get("/model", headers={"Content-Encoding": coding})

    assert (refused.status_code, refused.headers["Accept-Encoding"]) == (415, "gzip, deflate")
    assert refused.json is not None
    assert refused.json.keys() >= ({"error"} if path.startswith("/v") else {"title", "detail"})
    assert passed_over.status_code == 200


@pytest.mark.parametrize("path", BODIES)
def test_what_cannot_be_inflated_is_refused(client: FlaskClient, path: str) -> None:
    """By what is wrong: more comes out than is taken, or nothing does."""
    for body, status in ((gzip.compress(bytes(20_001)), 413), (gzip.compress(b"{}")[:-1], 400), (b"{}", 400)):
        answer = client.post(path, data=body, content_type="application/json", headers={"Content-Encoding": "gzip"})
        assert answer.status_code == status
