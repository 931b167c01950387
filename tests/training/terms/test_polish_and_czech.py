"""Polish and Czech headers are understood, with their accents or without; those of other languages stay as they are."""

from typing import get_args

import pytest

from training.terms.header import ends_well, header_mentions, more_is_better
from training.terms.subject import Subject


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        *(
            (header, "demographic")
            for header in ("Płeć", "PŁEĆ", "plec", "Narodowość", "Miejsce urodzenia", "Z Ukrainy")
        ),
        *((header, "demographic") for header in ("Orzeczenie (tak/nie)", "Dysleksja", "Język ojczysty", "kobieta")),
        *((header, "demographic") for header in ("Pohlaví", "POHLAVÍ", "Státní občanství", "OMJ", "Mateřský jazyk")),
        *((header, "demographic") for header in ("SVP", "Zdravotní postižení", "Podpůrná opatření", "Je žena")),
        *(
            (header, "age_or_place")
            for header in ("Wiek", "Data urodzenia", "Kod pocztowy", "Věk", "Rok narození", "PSČ")
        ),
        *((header, "circumstances") for header in ("Dochód rodziny", "Wykształcenie matki", "Vzdělání rodičů")),
        *(
            (header, "personal")
            for header in ("Uczeń", "Uczennica", "Imię i nazwisko", "Žák", "Jméno", "Příjmení žáka")
        ),
        *((header, "id") for header in ("Nr albumu", "PESEL", "Osobní číslo", "Rodné číslo")),
        *((header, "number") for header in ("Lp.", "L.p.", "Pořadí")),
        *((header, "period") for header in ("Rok szkolny", "Półrocze", "Školní rok", "Pololetí")),
        *((header, "mark") for header in ("Ocena", "Średnia ocen", "Kartkówka 2", "Známka", "Průměr", "Písemka 1")),
        *((header, "group") for header in ("Klasa", "Oddział", "Třída", "Skupina")),
    ],
)
def test_a_header_is_understood(header: str, subject: Subject) -> None:
    """Whatever the case: capitals with accents are no border between words."""
    assert header_mentions(header, subject)


@pytest.mark.parametrize("header", ["Język polski", "Język angielski", "Český jazyk", "Anglický jazyk", "Uczeń zdolny"])
def test_a_subject_that_is_taught_does_not_say_who_a_student_is(header: str) -> None:
    """A language that is learned has marks."""
    assert not any(header_mentions(header, subject) for subject in ("demographic", "personal", "age_or_place"))


@pytest.mark.parametrize(
    ("text", "well"),
    [
        *(
            (text, True)
            for text in ("zdał", "ZDAŁ", "zdal", "Czy zdała", "zaliczone", "Promocja", "nie oblał", "Zdane?")
        ),
        *((text, True) for text in ("prospěl", "PROSPĚLA", "uspěl", "splněno", "nepropadl", "bez opakování", "přijat")),
        *((text, False) for text in ("nie zdał", "NIE ZDAŁA", "niezdane", "oblał", "Zagrożony", "brak promocji")),
        *((text, False) for text in ("drugoroczny", "porzucił naukę", "skreślona", "nzal", "niezaliczony", "Ryzyko")),
        *((text, False) for text in ("neprospěl", "NEUSPĚLA", "propadl", "opakuje ročník", "vyloučen", "nesplněno")),
        *((text, False) for text in ("předčasné ukončení", "ohrožen", "nedostatečný", "ne prospěl")),
        *((text, None) for text in ("wynik", "výsledek", "nie", "ne", "tak", "ano", "klasa", "zdalny")),
    ],
)
def test_an_end_is_good_or_bad_where_that_is_plain(text: str, well: bool | None) -> None:
    """In Czech what is denied is one word, in Polish it often is."""
    assert ends_well(text) is well


@pytest.mark.parametrize(
    ("header", "better"),
    [
        *((header, True) for header in ("Frekwencja", "Obecność", "Punkty", "Średnia ocen", "Liczba zadań domowych")),
        *((header, True) for header in ("Docházka (%)", "Počet bodů", "Body celkem", "Domácí úkoly")),
        *((header, False) for header in ("Nieobecności", "Godziny opuszczone", "Liczba spóźnień", "brak zadań")),
        *((header, False) for header in ("Punkty stracone", "Nieprzygotowania i nieobecności", "nieobecnosci_nieuspr")),
        *((header, False) for header in ("Absence", "Zameškané hodiny", "Počet neomluvených hodin", "Pozdní příchody")),
        *((header, False) for header in ("Známka", "Průměr známek", "Ztracené body")),
        *((header, None) for header in ("Průměr", "Wynik", "Obecny semestr", "body mass", "Body part")),
    ],
)
def test_more_is_better_or_worse_where_that_is_plain(header: str, better: bool | None) -> None:
    """Of a Czech mark less is better, of a Polish one more; "body" are points where nothing stands beside them."""
    assert more_is_better(header) is better


# What says nothing, as schools' systems and public tables in English have it.
ENGLISH = """
    a1 | activity | advisor | airport | algebra | art | attempt | average | bell | biology | board | body mass |
    body part | book | bus route | calculator | campus | category | chemistry | choir | club | code |
    computer | counselor | dance | date | day | days | department | desk | device | difficulty | distance | drama |
    economics | effort | elective | essay | events | final | format | french | geography | german | gym | handed |
    health | height | history | hobby | interest | internet | interview | km | laptop | level | library | location |
    logins | los angeles | math | method | minutes | mode | module | motivation | music | ne | net | newspaper |
    office | option | order | outcome | paper | path | physics | plan | platform | project | reading | reason | region |
    result | science | seat | sleep | speed | sport | style | subject | target | theme | time | topic | travel time |
    type | unit | version | video views | visits | weekday | weight | wifi | writing | zone
"""


@pytest.mark.parametrize("header", [" ".join(header.split()) for header in ENGLISH.split("|")])
def test_an_english_header_that_says_nothing_still_says_nothing(header: str) -> None:
    """No short word of another language is in it."""
    beside = {"other_sense", "thing", "doubt", "immutable"}  # of what stands beside another
    subjects = set(get_args(Subject)) - beside - ({"actionable"} if header == "sleep" else set())

    assert [subject for subject in subjects if header_mentions(header, subject)] == []
    assert ends_well(header) is None
    assert more_is_better(header) is None


@pytest.mark.parametrize("header", ["Spé", "km", "maturité", "Mobilité"])
def test_what_looks_like_it_in_another_language_does_not_say_who_a_student_is(header: str) -> None:
    """A French speciality and a distance: Polish "SPE" and "K/M" are left out for them."""
    assert not header_mentions(header, "demographic")
