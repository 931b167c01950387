"""What reports of earlier releases name, and clients are not shown."""

import pytest

from service.versions.for_clients import text_for_clients

SUSPECTS = """<p>1 label looks wrong. They may be errors, or students who did otherwise; nothing was dropped. \
Rows are numbered from 1 as in the CSV, without its header; the 20 most doubtful:</p>
<table>
<thead><tr><th scope="col">row</th><th scope="col">label given</th><th scope="col">P(a
b) by others</th></tr></thead>
<tbody>
<tr><th scope="row">7</th><td>a
b</td><td>0.97</td></tr>
</tbody>
</table>
"""


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (SUSPECTS, SUSPECTS[: SUSPECTS.index(" Rows are")] + "</p>\n"),
        (
            "<p>Rows with the same features but different labels, as is to be expected: 7 = 15 = …; 19 = 21; ….</p>",
            "<p>Some rows have the same features but different labels, as is to be expected.</p>",
        ),
        (
            "<li>1 label looks wrong, and should be checked: row 7.</li>",
            "<li>1 label looks wrong, and should be checked.</li>",
        ),
        (
            "- 40 labels look wrong, and should be checked: rows 7, 15, …. So many rather show",
            "- 40 labels look wrong, and should be checked. So many rather show",
        ),
    ],
)
def test_rows_that_earlier_releases_named_are_counted_only(published: str, shown: str) -> None:
    """In each form that a report or a model card has had, labels of two lines included."""
    assert text_for_clients(published.encode()).decode() == shown


def test_what_is_no_text_stays_as_it_was_published() -> None:
    """To the byte."""
    assert text_for_clients(b"\xff\x00rows 7\r\n") == b"\xff\x00rows 7\r\n"
