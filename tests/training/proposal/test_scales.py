"""Steps of a scale in words are put in their order, in Polish and Czech as in the other languages."""

import pytest

from training.proposal.scales import in_rising_order, looks_like_dates


@pytest.mark.parametrize(
    "steps",
    [
        ["nigdy", "rzadko", "czasami", "często", "zawsze"],
        ["Niski", "Średni", "Wysoki"],
        ["niska", "średnia", "wysoka"],
        ["niskie", "srednie", "wysokie"],
        ["niedostateczny", "dopuszczający", "dostateczny", "dobry", "bardzo dobry", "celujący"],
        ["nikdy", "zřídka", "někdy", "často", "vždy"],
        ["nízký", "střední", "vysoký"],
        ["NÍZKÁ", "STŘEDNÍ", "VYSOKÁ"],
        ["nizke", "stredni", "vysoke"],
        ["nedostatečný", "dostatečný", "dobrý", "chvalitebný", "výborný"],
        ["tres faible", "moyen", "élevé"],
        ["L", "M", "H"],
        ["S", "M", "L"],
        ["some high school", "high school", "some college", "bachelor's degree", "master's degree"],
        ["Below Basic", "Basic", "Proficient", "Advanced"],
        ["Requires improvement", "Good", "Outstanding"],
        ["trifft nicht zu", "trifft eher nicht zu", "trifft eher zu", "trifft zu"],
        ["nunca", "casi nunca", "a veces", "siempre"],
        ["per niente", "poco", "abbastanza", "molto"],
        ["Baixo", "Médio", "Alto"],
        ["laag", "midden", "hoog"],
    ],
    ids=" < ".join,
)
def test_steps_of_a_known_scale_rise(steps: list[str]) -> None:
    """In each gender, and without accents as many write them."""
    assert in_rising_order(sorted(steps)) == steps


def test_steps_of_no_known_scale_have_no_order() -> None:
    """One that is no step of the scale is enough."""
    assert in_rising_order(["wysoka", "niska", "inna"]) is None


@pytest.mark.parametrize("cell", ["10-maj", "5-paź", "10. kvě", "5-říj"])
def test_months_have_their_short_names(cell: str) -> None:
    """As spreadsheets in Polish and Czech make dates of 5-10."""
    assert looks_like_dates(cell)
