"""What a column's name says about it, in the languages of western European schools."""

import re
import unicodedata

# Words are lower case without accents, as `words` gives them; several stand one after the other in the name.
# Who somebody is, as amounts or numbers.
_AGE_OR_PLACE = """
age | birth date | date of birth | birthdate | birthday | dob | birth year | year of birth | postcode | post code |
postal code | zip | zip code | zipcode | alter | geburtsdatum | geburtstag | geburtsjahr | plz | postleitzahl | date
de naissance | annee de naissance | code postal | edad | fecha de nacimiento | ano de nacimiento | codigo postal |
eta | data di nascita | anno di nascita | codice postale | idade | data de nascimento | ano de nascimento | cep |
leeftijd | geboortedatum | geboortejaar
"""
# Who somebody is, as categories: a column of many numbers under such a name is a mark, in a language or in religion.
_DEMOGRAPHIC = """
sex | gender | birthplace | birth place | place of birth | address | home address | nationality | citizenship |
country of birth | ethnicity | ethnic group | ethnic | race | religion | faith | language | mother tongue | native
language | first language | home language | disability | disabled | special needs | sen | marital status | parents
status | parental status | parent status | pstatus | migration background | immigrant | geschlecht | geburtsort |
adresse | anschrift | wohnort | staatsangehorigkeit | nationalitat | ethnie | ethnizitat | herkunft | herkunftsland
| religionszugehorigkeit | konfession | muttersprache | erstsprache | behinderung | schwerbehinderung |
familienstand | migrationshintergrund | sexe | genre | lieu de naissance | nationalite | langue maternelle | langue
| handicap | situation familiale | origine | sexo | genero | direccion | domicilio | nacionalidad | nacionality |
etnia | raza | lengua materna | idioma | discapacidad | estado civil | sesso | genere | luogo di nascita | indirizzo |
nazionalita | cittadinanza | razza | religione | lingua madre | madrelingua | disabilita | stato civile | endereco |
morada | nacionalidade | raca | religiao | lingua materna | deficiencia | geslacht | geboorteplaats | adres |
woonplaats | nationaliteit | afkomst | herkomst | etniciteit | ras | religie | godsdienst | geloof | moedertaal |
thuistaal | beperking | burgerlijke staat
"""
_CIRCUMSTANCES = """
famsize | family size | medu | fedu | mjob | fjob | guardian | income | household income | lunch | free lunch |
parental level of education | parental education | mother education | father education | scholarship
"""
_PERSONAL = """
name | first name | last name | full name | student name | surname | forename | firstname | lastname | email | e
mail | mail | phone | telephone | mobile | name of student | vorname | nachname | familienname | telefon |
telefonnummer | handynummer | nom | prenom | courriel | nombre | apellido | apellidos | correo | telefono | nome |
cognome | sobrenome | apelido | telefone | naam | voornaam | achternaam | telefoonnummer
"""
_ID = """
id | student id | pupil id | studentid | uuid | guid | student number | student no | pupil number | registration
number | roll number | roll no | index | matricule | matrikel | matrikelnummer | matrikelnr | schulernummer |
matricula | matricola | leerlingnummer | studentnummer | ine | ssn
"""
_PERIOD = """
year | school year | academic year | term | semester | trimester | quarter | session | cohort | schuljahr | jahr |
halbjahr | jahrgang | annee | annee scolaire | trimestre | semestre | ano | curso | ano escolar | ano letivo | anno
| anno scolastico | jaar | schooljaar
"""


_MAX_NAME = 1000  # characters of a name that are looked at


def words(name: str) -> str:
    """The words of a name, lower case and without accents, one blank apart: "BirthDate_2" gives "birth date 2"."""
    plain = unicodedata.normalize("NFKD", re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name[:_MAX_NAME]))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W\d_]+|[0-9]+", plain.casefold()))


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in listed.split("|"))


_LISTS = {
    "age or place": _phrases(_AGE_OR_PLACE),
    "demographic": _phrases(_DEMOGRAPHIC),
    "circumstances": _phrases(_CIRCUMSTANCES),
    "personal": _phrases(_PERSONAL),
    "id": _phrases(_ID),
    "period": _phrases(_PERIOD),
}


def speaks_of(name: str, subject: str) -> bool:
    """Whether a name holds whole words of a subject.

    Args:
        name: Of a column.
        subject: `age or place`, `demographic` (what else a student is), `circumstances` (of the family), `personal`
            (names, ways to reach somebody), `id` or `period`.
    """
    listed = words(name).split()
    spans = {" ".join(listed[start:end]) for start in range(len(listed)) for end in range(start + 1, start + 5)}
    return bool(spans & _LISTS[subject])
