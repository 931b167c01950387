"""The page's words: the keys that its sources use, and the catalogues of other languages.

`python -m tests.support.catalogues` prints what each catalogue lacks, as JSON to be filled in, and what is superfluous.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from tests.support import ROOT

PAGE = ROOT / "service/page"
LANGUAGES = ("de", "fr")  # beside English
_FUNCTIONS = {"t": 1, "filled": 1, "n": 3}  # and how many arguments belong to the key
_DEFINED_IN = "core/words.js"
_STATIC = {"each"}  # what is said in index.html, as main.js reads it
_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_$][\w$]*|\d[\w.]*|=>|\s+|.""", re.DOTALL
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`$\\])*", re.DOTALL)
_BEFORE_REGEX = set("(,=:[!&|?{};+") | {"=>", "return", ""}


class UnreadableKey(Exception):
    """A key is not one literal text, so that no catalogue can be held to it."""


@dataclass(frozen=True)
class Key:
    """What stands in a call.

    Attributes:
        text: In English; with `one`, of several.
        one: The same of one; None where there is no number.
    """

    text: str
    one: str | None = None


def keys() -> dict[str, Key]:
    """Every key that the page's modules and its HTML use, by its text.

    Raises:
        UnreadableKey: A call has something else than a literal text for its key, or two want different forms of one.
    """
    found = [Key(text) for text in _html_keys((PAGE / "index.html").read_text(encoding="utf-8"))]
    for path in sorted(PAGE.rglob("*.js")):
        name = path.relative_to(PAGE).as_posix()
        if name != _DEFINED_IN:
            try:
                found += keys_in(path.read_text(encoding="utf-8"))
            except UnreadableKey as error:
                raise UnreadableKey(f"{name}: {error}") from error
    by_text = {key.text: key for key in found}
    if odd := {key.text for key in found if (key.one is None) != (by_text[key.text].one is None)}:
        raise UnreadableKey(f"both with a number and without: {sorted(odd)}")
    return by_text


def keys_in(source: str) -> list[Key]:
    """The keys in a module's calls of `t`, `filled` and `n`.

    Raises:
        UnreadableKey: A call has something else than a literal text for its key.
    """
    tokens = list(_tokens(source))
    found = []
    for at, token in enumerate(tokens[:-1]):
        before = tokens[at - 1] if at else ""
        if token not in _FUNCTIONS or tokens[at + 1] != "(" or before in (".", "function", "?."):
            continue
        arguments = _arguments(tokens, at + 2)
        if arguments and arguments[0][:1] and arguments[0][0] in _STATIC:
            continue
        if token == "n":
            if len(arguments) < _FUNCTIONS["n"]:
                raise UnreadableKey(f"n({' '.join(map(' '.join, arguments))})")
            found.append(Key(_literal(arguments[2]), _literal(arguments[1])))
        else:
            found.append(Key(_literal(arguments[0])))
    return found


def catalogue(language: str) -> dict[str, Any]:
    """What a language has for each key: a text, or `{one, other}` where a number goes with it."""
    read: dict[str, Any] = json.loads((PAGE / f"languages/{language}.json").read_text(encoding="utf-8"))
    return read


def places(text: str) -> set[str]:
    """The names of values that a text has room for."""
    return set(re.findall(r"\{(\w+)\}", text))


def _tokens(source: str) -> Iterator[str]:
    """JavaScript's tokens without blanks and comments; what a template literal computes stands between backquotes."""
    at, before = 0, ""
    depths: list[int] = []  # of braces within each template's ${...}
    while at < len(source):
        in_template = source[at] == "`"
        if source[at] == "}" and depths and depths[-1] == 0:
            depths.pop()
            in_template = True
        if in_template:
            found = _TEMPLATE.match(source, at + 1)
            assert found is not None
            at = found.end()
            yield "`"
            before = "`"
            if source[at : at + 2] == "${":
                depths.append(0)
                at += 2
                before = "("
            else:
                at += 1
            continue
        regex = _REGEX.match(source, at) if source[at] == "/" and source[at + 1] not in "/*" else None
        found = regex if regex is not None and before in _BEFORE_REGEX else _TOKEN.match(source, at)
        assert found is not None
        token, at = found.group(), found.end()
        if token.isspace() or token.startswith(("//", "/*")):
            continue
        if depths and token in "{}":
            depths[-1] += 1 if token == "{" else -1
        before = token
        yield token


def _arguments(tokens: list[str], start: int) -> list[list[str]]:
    """The tokens of each argument of a call, from behind its bracket."""
    arguments: list[list[str]] = [[]]
    depth = 0
    for token in tokens[start:]:
        if token in (")", "]", "}"):
            if depth == 0:
                break
            depth -= 1
        if token == "," and depth == 0:
            arguments.append([])
            continue
        if token in ("(", "[", "{"):
            depth += 1
        arguments[-1].append(token)
    return arguments


def _literal(tokens: list[str]) -> str:
    if len(tokens) != 1 or tokens[0][0] not in "\"'":
        raise UnreadableKey(" ".join(tokens))
    [token] = tokens
    text = token if token[0] == '"' else '"' + token[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    read: str = json.loads(text)
    return read


def _html_keys(html: str) -> list[str]:
    """Texts of elements with `data-t`, and names of navigations."""
    found: list[str] = []

    class Reader(HTMLParser):
        is_key = False

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            given = dict(attributes)
            self.is_key = "data-t" in given
            if tag == "nav":
                found.append(given["aria-label"] or "")

        def handle_data(self, data: str) -> None:
            if self.is_key:
                found.append(data)
            self.is_key = False

    Reader().feed(html)
    return found


def _report() -> str:
    wanted = keys()
    lines = []
    for language in LANGUAGES:
        there = catalogue(language)
        missing = {
            text: "" if key.one is None else {"one": key.one, "other": ""}
            for text, key in sorted(wanted.items())
            if text not in there
        }
        lines.append(f"{language}: {len(missing)} missing {json.dumps(missing, ensure_ascii=False, indent=2)}")
        lines += [f"{language}: superfluous {text!r}" for text in sorted(there.keys() - wanted.keys())]
    return "\n".join(lines)


if __name__ == "__main__":
    print(_report())
