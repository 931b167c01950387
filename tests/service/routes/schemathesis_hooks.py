"""What Schemathesis needs to be told: how to write tables, and what text is printable."""

import csv
import io

import schemathesis
from hypothesis import strategies as st

from registry.contract.table.workbook import MEDIA_TYPE
from tests.support.workbooks import book_of, to_bytes

ROW = {
    "class": st.sampled_from(["1", "2", "3"]),
    "self": st.floats(0, 1).map(repr),
    "Study hours/week": st.one_of(st.just(""), st.floats(0, 80).map(repr)),
    "Présence %": st.integers(-100, 100).map(str),
    "study hours-week": st.integers(-100, 100).map(str),
    "school": st.sampled_from(["Gymnasium", "Lycée", 'The "old" one; north']),
    "mood": st.sampled_from(["", "good", "bad"]),
}


def to_csv(rows: list[tuple[str, ...]]) -> bytes:
    table = io.StringIO()
    csv.writer(table).writerows([list(ROW), *rows])
    return table.getvalue().encode()


ROWS = st.lists(st.tuples(*ROW.values()), min_size=1, max_size=5)
schemathesis.openapi.media_type("text/csv", ROWS.map(to_csv))
schemathesis.openapi.media_type(MEDIA_TYPE, ROWS.map(lambda rows: to_bytes(book_of({"one": [list(ROW), *rows]}))))
schemathesis.openapi.format("printable", st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")))
