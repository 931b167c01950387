"""What a column's header says about it, in the languages of western European schools."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

# age_or_place: who a student is, as amounts or numbers. demographic: the same as categories; a column of many numbers
# under such a name is a mark, in a language or in religion. circumstances: of the family. personal: names, and ways to
# reach somebody. id: what numbers students. number: what numbers rows. period: when a row is of.
Subject = Literal["age_or_place", "demographic", "circumstances", "personal", "id", "number", "period"]

# Lower case without accents, as `words` gives them; the words of a term stand one after the other in the header.
_ENGLISH: Mapping[Subject, str] = {
    "age_or_place": """
        age | birth date | date of birth | birthdate | birthday | dob | birth year | year of birth | postcode |
        post code | postal code | zip | zip code | zipcode
    """,
    "demographic": """
        sex | gender | birthplace | birth place | place of birth | address | home address | nationality | citizenship |
        country of birth | ethnicity | ethnic group | ethnic | race | religion | faith | language | mother tongue |
        native language | first language | home language | disability | disabled | special needs | sen |
        marital status | parents status | parental status | parent status | pstatus | migration background |
        immigrant | nacionality
    """,
    "circumstances": """
        famsize | family size | medu | fedu | mjob | fjob | guardian | income | household income | lunch | free lunch |
        parental level of education | parental education | mother education | father education | scholarship
    """,
    "personal": """
        name | first name | last name | full name | student name | surname | forename | firstname | lastname | email |
        e mail | mail | phone | telephone | mobile | name of student
    """,
    "id": """
        id | student id | pupil id | studentid | uuid | guid | student number | student no | pupil number |
        registration number | roll number | roll no | index | ssn
    """,
    "number": "number | no | nr | num | n | row | line | nummer | lfd nr | zeile | numero | rang | rij",
    "period": "year | school year | academic year | term | semester | trimester | quarter | session | cohort",
}
_GERMAN: Mapping[Subject, str] = {
    "age_or_place": "alter | geburtsdatum | geburtstag | geburtsjahr | plz | postleitzahl",
    "demographic": """
        geschlecht | geburtsort | adresse | anschrift | wohnort | staatsangehorigkeit | nationalitat | ethnie |
        ethnizitat | herkunft | herkunftsland | religion | religionszugehorigkeit | konfession | muttersprache |
        erstsprache | behinderung | schwerbehinderung | familienstand | migrationshintergrund
    """,
    "personal": "name | vorname | nachname | familienname | telefon | telefonnummer | handynummer",
    "id": "matrikel | matrikelnummer | matrikelnr | schulernummer",
    "period": "schuljahr | jahr | halbjahr | jahrgang | semester",
}
_FRENCH: Mapping[Subject, str] = {
    "age_or_place": "age | date de naissance | annee de naissance | code postal",
    "demographic": """
        sexe | genre | lieu de naissance | adresse | nationalite | religion | langue maternelle | langue | handicap |
        situation familiale | origine
    """,
    "personal": "nom | prenom | courriel | telephone",
    "id": "matricule | ine",
    "period": "annee | annee scolaire | trimestre | semestre",
}
_SPANISH: Mapping[Subject, str] = {
    "age_or_place": "edad | fecha de nacimiento | ano de nacimiento | codigo postal",
    "demographic": """
        sexo | genero | direccion | domicilio | nacionalidad | etnia | raza | religion | lengua materna | idioma |
        discapacidad | estado civil
    """,
    "personal": "nombre | apellido | apellidos | correo | telefono",
    "id": "matricula",
    "period": "ano | curso | ano escolar | semestre | trimestre",
}
_ITALIAN: Mapping[Subject, str] = {
    "age_or_place": "eta | data di nascita | anno di nascita | codice postale",
    "demographic": """
        sesso | genere | luogo di nascita | indirizzo | nazionalita | cittadinanza | etnia | razza | religione |
        lingua madre | madrelingua | disabilita | stato civile
    """,
    "personal": "nome | cognome | telefono",
    "id": "matricola",
    "period": "anno | anno scolastico | semestre | trimestre",
}
_PORTUGUESE: Mapping[Subject, str] = {
    "age_or_place": "idade | data de nascimento | ano de nascimento | codigo postal | cep",
    "demographic": """
        sexo | genero | endereco | morada | nacionalidade | etnia | raca | religiao | lingua materna | deficiencia |
        estado civil
    """,
    "personal": "nome | sobrenome | apelido | telefone",
    "id": "matricula",
    "period": "ano | ano letivo | ano escolar | semestre | trimestre",
}
_DUTCH: Mapping[Subject, str] = {
    "age_or_place": "leeftijd | geboortedatum | geboortejaar | postcode",
    "demographic": """
        geslacht | geboorteplaats | adres | woonplaats | nationaliteit | afkomst | herkomst | etniciteit | ras |
        religie | godsdienst | geloof | moedertaal | thuistaal | handicap | beperking | burgerlijke staat
    """,
    "personal": "naam | voornaam | achternaam | telefoonnummer",
    "id": "leerlingnummer | studentnummer",
    "period": "jaar | schooljaar | semester | trimester",
}
_LANGUAGES = (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE, _DUTCH)
_TERMS = {
    subject: frozenset(
        " ".join(term.split()) for language in _LANGUAGES for term in language.get(subject, "").split("|") if term
    )
    for subject in _ENGLISH
}
_MAX_CHARACTERS = 1000  # of a header that are looked at
_MAX_WORDS = 4  # of a term


def words(header: str) -> str:
    """The words of a header, lower case and without accents, one blank apart: "BirthDate_2" gives "birth date 2"."""
    apart = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", header[:_MAX_CHARACTERS])
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W\d_]+|[0-9]+", plain.casefold()))


def header_mentions(header: str, subject: Subject) -> bool:
    """Whether a header holds a term of a subject as whole words, in any language."""
    listed = words(header).split()
    ends = range(1, _MAX_WORDS + 1)
    return any(" ".join(listed[start : start + end]) in _TERMS[subject] for start in range(len(listed)) for end in ends)
