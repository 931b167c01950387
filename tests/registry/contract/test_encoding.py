"""Which encoding a table is in."""

import io
import random

import pytest

from registry.contract.table import GUESSED, find_encoding

# Names as they are in schools, and words of headers; of each language as Windows writes them, then as other systems do.
NAMES = {
    "German": ("Prüfung, Müller, Jürgen Groß, Schäfer, Öztan Köhler, Bärbel", "cp1252 mac-roman cp850"),
    "French": ("Élève, Présence, Zoë Lefèvre, Benoît, François, Jérôme, Anaïs", "cp1252 mac-roman cp850"),
    "Spanish": ("Calificación, Muñoz, José Ibáñez, Íñigo, Martínez, Ángel", "cp1252 mac-roman cp850"),
    "Portuguese": ("Avaliação, João, Conceição, Inês, Magalhães, Antônio", "cp1252 mac-roman cp850"),
    "Italian": ("Età, Niccolò, Donà, Nicolò Bellò, Cassarà, più", "cp1252"),
    "Swedish": ("Närvaro, Åsa Sjögren, Björn, Lindén, Håkan Öberg", "cp1252 cp850"),
    "Danish": ("Fravær, Søren Møller, Åse, Østergaard, Kjær", "cp1252 cp850"),
    "Polish": ("Średnia, Obecność, Michał Wiśniewski, Żak, Małgorzata", "cp1250 iso8859-2 cp852"),
    "Czech": ("Průměr, Jiří Dvořák, Růžena Němcová, Štěpán, Věra", "cp1250 iso8859-2 cp852"),
    "Slovak": ("Známka, Ľubomír, Božena Kováčová, Ján Hudák, Šťastný", "cp1250 iso8859-2 cp852"),
    "Hungarian": ("Név, Átlag, Erdős Győző, Szűcs, Hegedűs Sándor, Jenő", "cp1250 iso8859-2 cp852"),
    "Romanian": ("Notă, Prezenţă, Ştefan, Brăila, Munteanu Cătălin, Niţă", "cp1250 iso8859-2 cp852"),
    "Croatian": ("Ocjena, prošao, Đurđa Jovanović, Šimić, Čović, Žarko", "cp1250 cp852"),
    "Turkish": ("Adı, Öğrenci, Ayşe Yılmaz, İsmail, Şükrü, Çağlar", "cp1254 cp857"),
    "Lithuanian": ("Pažymys, išlaikė, Žukauskas, Stankevičius, Budrytė, Kęstas", "cp1257 cp775"),
    "Latvian": ("Vārds, Atzīme, Bērziņa, Kalniņš, Jānis, Ģirts", "cp1257 cp775"),
    "Russian": ("Имя, Оценка, Иванова, Сдал, Алексей Щербаков", "cp1251 koi8-r cp866 mac-cyrillic"),
    "Ukrainian": ("Оцінка, Відвідування, Олексій Єфименко, Їжак", "cp1251 koi8-u"),
    "Greek": ("Όνομα, Βαθμός, Παπαδόπουλος, Γιώργος, Σταύρου", "cp1253 iso8859-7 cp737"),
}
WRITTEN = [(text, encoding) for text, encodings in NAMES.values() for encoding in encodings.split()]


def table(text: str) -> str:
    """A row for each word, with a name that is ASCII, and numbers."""
    rows = [f"{number};{name};{number * 7 % 10},5;Anna" for number, name in enumerate(text.split(", "))]
    return "\n".join(["row;name;mark;other", *rows, ""])


@pytest.mark.parametrize(("text", "encoding"), WRITTEN, ids=[f"{text[:9]}-{encoding}" for text, encoding in WRITTEN])
def test_names_are_read_as_they_were_written(text: str, encoding: str) -> None:
    """A few of a language tell what they are written in; two encodings with the same letters at these bytes are one."""
    content = table(text).encode(encoding)

    assert content.decode(find_encoding(content)) == table(text)


WESTERN = ("German", "French", "Spanish", "Portuguese", "Italian", "Swedish", "Danish")
WORDS = sorted({word for name in WESTERN for word in NAMES[name][0].split(", ") if not word.isascii()})


@pytest.mark.parametrize(
    "word", [*WORDS, "Zoë", "ß", "é", "Nº", "10 €", "5–10", "d’un", "20 °C", "“a”", "±2", "m²", "µm"]
)
def test_one_word_of_western_europe_is_read_as_before(word: str) -> None:
    """Most of all tables that are not UTF-8: a guess must not make them worse."""
    content = table(word).encode("cp1252")

    assert content.decode(find_encoding(content)) == table(word)


def test_names_of_all_western_europe_in_one_table_are_read() -> None:
    """A school of many languages; capitals and small letters, too."""
    drawn = random.Random(0)

    for _ in range(100):
        text = ", ".join(drawn.sample(WORDS, 10))
        for written in (text, text.upper().replace("SS", "S"), text.lower()):
            content = table(written).encode("cp1252")
            assert content.decode(find_encoding(content)) == table(written)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("ascii", "utf-8"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_what_shows_is_no_guess(encoding: str, found: str) -> None:
    """A mark, zeros at every other byte, or UTF-8 that could hardly be anything else."""
    text = table("Anna" if encoding == "ascii" else "Prüfung, Średnia")

    assert find_encoding(text.encode(encoding)) == found
    assert found not in GUESSED


def test_what_is_expected_goes_before_a_guess() -> None:
    """One name of the schema in the table says more than all letters beside it."""
    czech = "name;Docházka;ø\nDvořák;3;1\nJiří;2;1\n".encode("cp1250", "replace")
    content = "name;Absencę\nMuñoz;3\nJosé;2\n".encode("cp1250", "ignore") + "Muñoz;1\nÑandú;3\n".encode("cp1252")

    assert find_encoding(content) == "cp1252"
    assert find_encoding(content, ["mark", "Absencę"]) == "cp1250"
    assert find_encoding(content, ["mark", "Średnia"]) == "cp1252"
    assert find_encoding(czech, ["Docházka"]) == "cp1250"  # the same in several: the guess is among them


def test_what_is_expected_is_found_in_quotes_and_blanks() -> None:
    """As spreadsheets write cells."""
    content = '"Adı", "Ağırlık %"\n"Yılmaz",3\n'.encode("cp1254")

    assert find_encoding(content, ["Ağırlık %"]) == "cp1254"


@pytest.mark.parametrize("content", [b"", b"\x81", bytes(range(128, 256)), b"\xff" * 200_000, b"a\0\xff\xfe"])
def test_every_content_can_be_read_as_what_is_found(content: bytes) -> None:
    """Whatever bytes there are; what no text is, others tell."""
    content.decode(find_encoding(content))


def test_the_end_of_a_large_file_counts_and_the_file_is_set_back() -> None:
    """Read in pieces, on whose border a letter may be."""
    start = "é;10\n" * 40_000
    file = io.BytesIO(start.encode())

    assert find_encoding(file) == "utf-8"
    assert file.tell() == 0
    assert find_encoding(start.encode() + "é".encode("cp1252")) != "utf-8"
    assert find_encoding(b"a;1\n" * 40_000 + "Średnia;Obecność\n".encode("cp1250")) == "cp1250"
    assert find_encoding(start.encode()[:-5]) != "utf-8"  # cut within the letter
