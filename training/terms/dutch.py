"""The words of Dutch headers: the Netherlands and Flanders."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": "leeftijd | geboortedatum | geboortejaar | postcode",
    "demographic": """
        geslacht | jongen | meisje | =man | =m v | vrouw | mannelijk | vrouwelijk | geboorteplaats |
        geboorteland | adres | woonplaats | nationaliteit | afkomst | herkomst | allochtoon |
        migratieachtergrond | vluchteling | nieuwkomer | anderstalig | etniciteit | ras | religie | godsdienst |
        geloof | moedertaal | thuistaal | nt2 | nt 2 | handicap | beperking | lwoo | zorgleerling | dyslexie |
        dyscalculie | adhd | autisme | leerlinggewicht | schooltoelage | kansarm | indicatorleerling |
        burgerlijke staat | zwanger
    """,
    "circumstances": "eenoudergezin | opleiding ouders | opleidingsniveau ouders | gezinsinkomen",
    "personal": "naam | voornaam | achternaam | telefoonnummer | =leerling",
    "id": "leerlingnummer | studentnummer",
    "number": "rij",
    "period": "jaar | schooljaar | semester | trimester",
    "good_end": """
        geslaagd | geslaagde | behaald | gehaald | voldoende | bevorderd | toegelaten | afgestudeerd | succesvol
        | diploma behaald | afgerond
    """,
    "bad_end": """
        gezakt | onvoldoende | uitval | uitvaller | uitgevallen | blijven zitten | blijft zitten | zittenblijver
        | zittenblijven | zittengebleven | doubleur | gedoubleerd | doubleert | doubleren | afgewezen | gestopt
        | afgehaakt | vsv | voortijdig schoolverlater | schoolverlater | studiestaker | risico | risicoleerling
        | afwezig | geschorst | uitgeschreven | herkansing
    """,
    "more_is_better": """
        aanwezigheid | aanwezig | cijfer | cijfers | punten | studietijd | studie uren | studieuren |
        studiepunten | huiswerk | deelname | ingeleverd
    """,
    "less_is_better": """
        verzuim | afwezig | afwezigheid | absentie | absenties | te laat | spijbelen | gespijbeld | gemist |
        gemiste | onvoldoendes | fouten | schorsing | schorsingen | strafwerk | vergeten | niet ingeleverd
    """,
    "mark": "cijfer | cijfers | toets | tentamen | rapportcijfer",
}
