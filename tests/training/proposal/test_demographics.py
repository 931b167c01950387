"""Columns that say who a student is are for the audit, and so is what says the same in other words."""

from tests.support.proposals import Init, columns


def test_dummies_and_words_run_together_serve_the_audit(init: Init) -> None:
    """As exports and public tables have them beside gender and race."""
    result = init(
        columns(
            gender=lambda row: "FM"[row % 2],
            male=lambda row: row % 2,
            asian=lambda row: int(row % 5 == 2),
            PlaceofBirth=lambda row: ["Oslo", "Lima", "Rome"][row * 7 % 11 % 3],
        )
    )

    assert result.entries["audit_only"] == ["gender", "male", "asian", "PlaceofBirth"]
    assert list(result.features) == ["hours"]
    assert set(result.dataset.groups) == {"gender", "male", "asian", "PlaceofBirth"}


def test_a_copy_of_an_audited_column_goes_with_it(init: Init) -> None:
    """Whatever it is called, and however its values are written; a column that differs in one row stays."""
    result = init(
        columns(
            sex=lambda row: "FM"[row * 5 % 7 % 2],
            code7=lambda row: [2, 1][row * 5 % 7 % 2],
            house=lambda row: "ab"[row * 5 % 7 % 2 if row else 1],
        )
    )

    assert result.entries["audit_only"] == ["sex", "code7"]
    assert '"code7", # 1 to 2; the same as "sex" in other words' in result.text
    assert list(result.features) == ["hours", "house"]


def test_where_nearly_every_value_is_another_nothing_is_a_copy(init: Init) -> None:
    """Then any two columns stand one to one."""
    text = columns(
        postcode=lambda row: 10000 + row * 37 % 5003, mark=lambda row: row * 11 % 61 + row / 1000, x=lambda row: row % 3
    )

    assert "mark" in init(text).features


def test_copies_are_features_where_demographics_are(init: Init) -> None:
    """There is nothing to keep from the network then."""
    text = columns(sex=lambda row: "FM"[row * 5 % 7 % 2], code7=lambda row: [2, 1][row * 5 % 7 % 2])

    assert list(init(text, "--demographics", "features").features) == ["hours", "sex", "code7"]
