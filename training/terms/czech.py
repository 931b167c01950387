"""The words of Czech headers."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        vek | datum narozeni | rok narozeni | mesic narozeni | narozeniny | =narozen | =narozena | =psc |
        postovni smerovaci cislo | =obec | =mesto |
        datum nar | rok nar
    """,
    # "jazyk" alone, and no part of a header: "český jazyk" is a subject that has marks.
    "demographic": """
        pohlavi | muz | zena | chlapec | =kluk | divka | =holka | muzske | zenske | =m z | misto narozeni |
        zeme narozeni | stat narozeni | adresa | bydliste | narodnost | obcanstvi | statni prislusnost |
        zeme puvodu | puvod | cizinec | cizinka | imigrant | migrant | uprchlik | uprchlice | azylant |
        azylantka | =ukrajinec | =ukrajinka | z ukrajiny | romsky | romska | etnikum | etnicka skupina |
        etnicita | mensina | rasa | nabozenstvi | vyznani | =vira | matersky jazyk | materstina | rodny jazyk |
        jazyk doma | domaci jazyk | prvni jazyk | omj | =jazyk | postizeni | postizeny | postizena |
        zdravotne postizeny | znevyhodneni | znevyhodneny | znevyhodnena | specialni vzdelavaci potreby |
        specialni potreby | =svp | podpurna opatreni | podpurne opatreni | stupen podpory | =ivp |
        individualni vzdelavaci plan | integrovany zak | =integrace | inkluze | asistent pedagoga |
        poruchy uceni | porucha uceni | =spu | dyslexie | dyslektik | dysgrafie | dysortografie | dyskalkulie |
        adhd | autismus | obedy zdarma | obed zdarma | hmotna nouze | socialni davky | socialni stipendium |
        pestounska pece | detsky domov | sirotek | rodinny stav | tehotna | svp stupen | pocet deti
    """,
    "circumstances": """
        prijem rodiny | prijem domacnosti | prijmy rodiny | stipendium | vzdelani rodicu | vzdelani matky |
        vzdelani otce | povolani rodicu | povolani matky | povolani otce | samozivitel | samozivitelka |
        neuplna rodina | sourozenci | pocet sourozencu | zakonny zastupce | matka | matky | otec | otce |
        rodice | rodicu
    """,
    "personal": "jmeno | krestni jmeno | prijmeni | telefon | mobil | =zak | =zakyne | =zak zakyne | =student",
    "id": """
        rodne cislo | cislo zaka | cislo studenta | osobni cislo | evidencni cislo | kod zaka | kod studenta |
        matricni cislo |
        =rc | os cislo | cislo op |
        ev c | c vykazu | katalogove cislo
    """,
    "number": "cislo | poradi | poradove cislo | radek",
    "period": "rok | skolni rok | akademicky rok | rocnik | pololeti | semestr | ctvrtleti | obdobi",
    "good_end": """
        prospel | prospela | prospeli | uspel | uspela | uspesny | uspesna | uspesne | uspech | uspesnost |
        slozil | slozila | slozeno | splnil | splnila | splneno | absolvoval | absolvovala | absolvovano |
        absolvent | absolventka | dokoncil | dokoncila | dokonceno | postoupil | postoupila |
        postup do dalsiho rocniku | vyhovel | vyhovela | prosel | prosla | odmaturoval | odmaturovala |
        promoval | promovala | prijat | prijata | prijaty | zapocteno | zapocet | zapoctu | klasifikovan |
        klasifikovana | =vyznamenani | =pritomen | =pritomna | =dostatecny
    """,
    "bad_end": """
        neprospel | neprospela | neuspel | neuspela | neuspesny | neuspesna | neuspech | nesplnil | nesplnila |
        nevyhovel | nevyhovela | neprosel | neprosla | nedokoncil | nedokoncila | propadl | propadla |
        propadnuti | propada | opakuje | opakuje rocnik | opakoval | opakovala | opakovani | opakovani rocniku |
        odesel | odesla | zanechal | zanechala | zanechani studia | predcasny odchod | predcasne ukonceni |
        predcasne ukoncil | predcasne ukoncila | prerusil | prerusila | preruseni | vyloucen | vyloucena |
        vylouceni | vyrazen | vyrazena | ohrozen | ohrozena | ohrozeny | ohrozeni | riziko | v riziku |
        rizikovy | rizikova | neprijat | neprijata | odmitnut | odmitnuta | nepritomen | nepritomna |
        nedostatecny | nedostatecna | nedostatecne | neklasifikovan | neklasifikovana | reparat |
        opravna zkouska | opravny termin | selhani | selhal | selhala | nematuroval | nematurovala |
        neodmaturoval | neodmaturovala
    """,
    # "body" are points, and English.
    "more_is_better": """
        dochazka | ucast | pritomnost | =body | body celkem | celkem body | body z testu | ziskane body |
        dosazene body | pocet bodu | bodu | doba uceni | cas uceni | hodiny uceni | hodin uceni | domaci ukoly |
        ukoly | odevzdane | odevzdanych | kredity | kreditu | aktivita | spravne odpovedi | zapocty
    """,
    # Of a "známka" (1 to 5) less is better.
    "less_is_better": """
        zapomenute | nepritomnost | nepritomen | nepritomna | neomluvene | neomluvenych | zameskane | zameskanych |
        zameskane hodiny | pozdni prichod | pozdni prichody | pozdnich prichodu | pozde | chyby | chyb |
        napomenuti | dutka | dutky | pocet poznamek | chybejici | chybejicich | neodevzdane | neodevzdanych |
        nesplnene | nesplnenych | ztracene body | ztracenych bodu | trestne body | trestnych bodu | znamka |
        znamky | prumer znamek | petky | stres |
        zameskano | zamesk | neoml | neomluveno
    """,
    "increase": """
        dochazka | ucast | pritomnost | doba uceni | cas uceni | hodiny uceni | hodin uceni | domaci ukoly | domacich
        ukolu | ukoly | odevzdane | odevzdanych | aktivita | doucovani | hodiny doucovani | konzultace | procvicovani
    """,
    "decrease": """
        nepritomnost | nepritomen | nepritomna | neomluvene | neomluvenych | zameskane | zameskanych | zameskane hodiny
        | pozdni prichod | pozdni prichody | pozdnich prichodu | pozde | neodevzdane | neodevzdanych | nesplnene |
        nesplnenych | cas u obrazovky | socialni site
    """,
    "actionable": "spanek | spanku | doba spanku | hodiny spanku | hodin spanku | volny cas | brigada",
    "immutable": """
        dojizdeni | cesta do skoly | cesty do skoly | vzdalenost | doprava | dopravy | predchozi | minuly | minula |
        minule | minulem | opakovani | duvod | omluvene | omluvenych | nemoc | nemoci | rodice | rodicu | matka | matky
        | otec | otce | rodina | rodiny | sourozenci | ucitel
    """,
    "mark": """
        znamka | znamky | prumer | prumer znamek | =body | pisemka | pisemna prace | zkouska | zkouseni |
        vysvedceni | maturita
    """,
    "group": "trida | skupina",
    "doubt": """
        sotva | temer | castecne | nemozne | mozne | pravdepodobne | ocekavano | zabraneno | pod | mene | odlozeno |
        odepreno | malokdy |
        vyhnul | vyhnula | vyhnuti | odvraceno | osvobozen | osvobozena | mimo | krome | zruseno | zrusen | zrusena |
        neplatne | odebrano | docasne | podminecne | podminene | nepravdepodobne | odmitnuto | zamitnuto | chybi |
        nedostatek | ztrata | ztratil | ani | opacne | naopak | nizke | malo | proti | sporne
    """,
    "other_sense": "ucitel | ucitelka | programovani | programovaci | e mailova adresa | ip adresa | projekt | data",
    "thing": "kurz | skola | trida | skupina | predmet | zkouska | test | ucebna",
    "remark": "poznamka | poznamky | komentar | komentare",
}
