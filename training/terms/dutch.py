"""The words of Dutch headers: the Netherlands and Flanders."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        leeftijd | geboortedatum | geboortejaar | postcode | geb datum | gebdatum | geboren | geboren op | geb jaar |
        =gemeente | =straat | =stad | =wijk
    """,
    "demographic": """
        geslacht | jongen | meisje | =man | =m v | vrouw | mannelijk | vrouwelijk | geboorteplaats | geboorteland |
        adres | woonplaats | nationaliteit | afkomst | herkomst | allochtoon | migratieachtergrond | vluchteling |
        nieuwkomer | anderstalig | etniciteit | ras | religie | godsdienst | geloof | moedertaal | thuistaal | nt2 | nt
        2 | handicap | beperking | lwoo | zorgleerling | dyslexie | dyscalculie | adhd | autisme | leerlinggewicht |
        schooltoelage | kansarm | indicatorleerling | burgerlijke staat | zwanger | =v m | =m v x | land van herkomst |
        herkomstland | land van geboorte | dyslexieverklaring | dyscalculieverklaring | beperkingen | =moslim |
        =katholiek | =protestants | gehuwd | getrouwd | ongehuwd | gescheiden | asielzoeker | statushouder |
        nederlandstalig | niet nederlandstalig | eerste taal | schooltaal | gezinstaal | ontwikkelingsperspectief |
        =rugzak | gok | gok leerling | indicator leerling | aantal kinderen
    """,
    "circumstances": """
        eenoudergezin | opleiding ouders | opleidingsniveau ouders | gezinsinkomen | moeder | vader | ouders | gezin |
        broers | zussen
    """,
    "personal": """
        naam | voornaam | achternaam | telefoonnummer | roepnaam | familienaam | tussenvoegsel | voornaam achternaam |
        achternaam voornaam | naam leerling | volledige naam | telefoon | tel | gsm | mobiel | e mailadres | emailadres
        | mailadres | gebruikersnaam | naam vader | naam moeder | =leerling | =student |
        tussenv | achternm | naam lln | lln
    """,
    "id": """
        leerlingnummer | studentnummer | bsn | burgerservicenummer | stamnr | stamnummer | leerlingnr |
        studentnr | onderwijsnummer | =llnr |
        lln nr | =pgn | ov nummer | rijksregisternummer
    """,
    "number": "rij | =nr | =no | volgnummer | nummer",
    "period": "jaar | schooljaar | semester | trimester",
    "good_end": """
        geslaagd | geslaagde | behaald | gehaald | voldoende | bevorderd | toegelaten | afgestudeerd | succesvol |
        diploma behaald | afgerond | overgegaan | bevorderen
    """,
    "bad_end": """
        gezakt | onvoldoende | uitval | uitvaller | uitgevallen | blijven zitten | blijft zitten | zittenblijver |
        zittenblijven | zittengebleven | doubleur | gedoubleerd | doubleert | doubleren | afgewezen | gestopt |
        afgehaakt | vsv | voortijdig schoolverlater | schoolverlater | studiestaker | risico | risicoleerling | afwezig
        | geschorst | uitgeschreven | herkansing
    """,
    "more_is_better": """
        aanwezigheid | aanwezig | cijfer | cijfers | punten | studietijd | studie uren | studieuren | studiepunten |
        huiswerk | deelname | ingeleverd |
        aanw
    """,
    "less_is_better": """
        verzuim | afwezig | afwezigheid | absentie | absenties | te laat | spijbelen | gespijbeld | gemist | gemiste |
        onvoldoendes | fouten | schorsing | schorsingen | strafwerk | vergeten | niet ingeleverd |
        ongeoorl | ongeoorloofd | onvold | tekorten | tekortpunten | strafuren | niet gemaakt
    """,
    "increase": """
        aanwezigheid | aanwezig | studietijd | studie uren | studieuren | uren studie | uren gestudeerd | oefentijd |
        oefenuren | lesbezoek | huiswerk | deelname | ingeleverd | ingeleverde | bijles | bijlessen | steunlessen |
        huiswerkbegeleiding | extra begeleiding
    """,
    "decrease": """
        verzuim | afwezig | afwezigheid | absentie | absenties | te laat | spijbelen | gespijbeld | gemist | gemiste |
        ongeoorloofd | vergeten | schermtijd | gamen | sociale media | uitgaan
    """,
    "actionable": "slaap | slaapuren | uren slaap | bedtijd | vrije tijd | bijbaan | bijbaantje",
    "immutable": """
        reistijd | reisafstand | afstand | vervoer | vorig | vorige | eerder | eerdere | doubleren | gedoubleerd |
        onvoldoendes | reden | geoorloofd | ziek | ziekte | ouders | moeder | vader | gezin | broers | zussen | docent |
        leraar
    """,
    "mark": "cijfer | cijfers | toets | tentamen | rapportcijfer",
    "group": "=klas | =groep | klasgroep | basisgroep | stamgroep | mentorgroep | stamklas | lesgroep",
    "other_sense": """
        docent | docenten | leraar | leraren | lerares | programmeertaal | lichaamstaal | e mail adres | email adres |
        mail adres | ip adres
    """,
    "thing": "vak | school | klas | groep | cursus | module | opleiding | toets | lokaal | project",
    "doubt": """
        zonder | niets | niemand | nauwelijks | bijna | gedeeltelijk | deels | onmogelijk | mogelijk | onwaarschijnlijk
        | waarschijnlijk | verwacht | verwachte | vermeden | voorkomen | gemist | misgelopen | verloren | onder |
        beneden | minder | uitgesteld | geweigerd | ontzegd | vrij | voorwaardelijk | voorlopig |
        ontsnapt | vrijgesteld | vrijstelling | buiten | behalve | geannuleerd | ingetrokken | ongeldig | bedreigd |
        gebrek | verlies | omgekeerd | tegendeel | laag | weinig | twijfel | ondanks
    """,
    "remark": "opmerking | opmerkingen | commentaar",
}
