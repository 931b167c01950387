"""Typed results become the manifest's JSON in one way."""

from dataclasses import dataclass

from training.results import as_document
from training.statistics.figure import Figure, LeftOut


@dataclass(frozen=True)
class Known:
    """One of each kind of attribute."""

    leakage: tuple[LeftOut, ...] | None
    figures: dict[str, Figure | None]
    note: str | None = None
    groups: tuple[str, ...] = ()


def test_a_result_is_written_by_name_in_order() -> None:
    """Down to the figures; what is empty stands there as empty."""
    document = as_document(Known((LeftOut("too few"),), {"slope": Figure(1.0, 0.5, 2.0)}, "as it was", ("F",)))

    assert list(document) == ["leakage", "figures", "note", "groups"]
    assert document == {
        "leakage": [{"left_out": "too few"}],
        "figures": {"slope": {"value": 1.0, "low": 0.5, "high": 2.0}},
        "note": "as it was",
        "groups": ["F"],
    }


def test_only_what_has_none_for_a_default_is_left_out_where_it_is_none() -> None:
    """A null that says something stays: no features were looked at, a figure is not known."""
    assert as_document(Known(None, {"slope": None})) == {"leakage": None, "figures": {"slope": None}, "groups": []}
