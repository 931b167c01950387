"""The page's catalogues have every text that it shows, and nothing else."""

import json
from itertools import chain

import pytest

from tests.support.catalogues import LANGUAGES, PAGE, Key, UnreadableKey, catalogue, keys, keys_in, places

NUM = {"num"}  # where it is one, it may be said in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_text_of_the_page(language: str) -> None:
    """And nothing more; each with its values. `python -m tests.support.catalogues` prints what is missing."""
    wanted, there = keys(), catalogue(language)

    assert wanted.keys() - there.keys() == set()
    assert there.keys() - wanted.keys() == set()
    for text, key in wanted.items():
        given = there[text]
        if key.one is None:
            assert isinstance(given, str), text
            assert places(given) == places(text), text
        else:
            assert set(given) == {"one", "other"}, text
            assert places(given["other"]) == places(text), text
            assert places(given["one"]) | NUM == places(text) | NUM, text


@pytest.mark.parametrize(("language", "quotes", "foreign"), [("de", "„“", "”«»"), ("fr", "«»", "“”„")])
def test_a_catalogue_is_set_as_its_language_is(language: str, quotes: str, foreign: str) -> None:
    """Quotes in pairs and the language's own, no typewriter's apostrophes; sorted, so that it merges."""
    there = catalogue(language)
    texts = list(chain.from_iterable([each] if isinstance(each, str) else each.values() for each in there.values()))

    for text in texts:
        assert text.count(quotes[0]) == text.count(quotes[1]), text
        assert not set(text) & set(foreign + "\"'"), text
        assert text.strip() == text != "", text
    assert list(there) == sorted(there)
    assert json.dumps(there, ensure_ascii=False, indent=2) + "\n" == (PAGE / f"languages/{language}.json").read_text()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('el("p", {}, t("One {a}", { a: 1 }), more);', [Key("One {a}")]),
        ("filled('say \"{a}\"', {})", [Key('say "{a}"')]),
        ('n(list.filter((x) => f(x, "no")).length, "{num} cow", "{num} cows")', [Key("{num} cows", "{num} cow")]),
        ('`${t("in {a}", { a: `${b}` })} and ${n(1, "a", "b")}`', [Key("in {a}"), Key("b", "a")]),
        ('// t("a comment")\n/* t("b") */ "t(\\"c\\")" + /t("d")/.test(x) + part("e") + x.t("f")', []),
        ("function t(words) {}", []),
        ('t("a\\u00a0b")', [Key("a\u00a0b")]),
    ],
)
def test_keys_are_found_in_modules(source: str, found: list[Key]) -> None:
    """In nested calls and templates; not in comments, texts and names that only look so."""
    assert keys_in(source) == found


@pytest.mark.parametrize("source", ["t(words)", "t(a ? 'b' : 'c')", "t(`${a} b`)", "n(1, one, 'many')", "n(1, 'one')"])
def test_a_key_that_is_no_literal_is_refused(source: str) -> None:
    """No catalogue could be held to it."""
    with pytest.raises(UnreadableKey):
        keys_in(source)
