"""The words of Polish headers."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        wiek | data urodzenia | data ur | rok urodzenia | rok ur | miesiac urodzenia | urodziny | kod pocztowy |
        =gmina | =dzielnica |
        ulica
    """,
    # "język" alone, and no part of a header: "język polski" is a subject that has marks.
    "demographic": """
        plec | mezczyzna | kobieta | chlopiec | chlopak | dziewczyna | dziewczynka | meski | meska | zenski |
        zenska | miejsce urodzenia | kraj urodzenia | panstwo urodzenia | miejsce zamieszkania | adres |
        adres zamieszkania | miejscowosc | narodowosc | obywatelstwo | pochodzenie | kraj pochodzenia |
        grupa etniczna | mniejszosc | cudzoziemiec | cudzoziemka | obcokrajowiec | imigrant | imigrantka |
        uchodzca | uchodzczyni | ukrainiec | ukrainka | z ukrainy | romskie pochodzenie | uczen romski | rasa |
        religia | wyznanie | jezyk ojczysty | jezyk domowy | jezyk w domu | pierwszy jezyk | =jezyk |
        niepelnosprawnosc | niepelnosprawny | niepelnosprawna | niepelnosprawni | orzeczenie |
        ksztalcenie specjalne | specjalne potrzeby | potrzeby edukacyjne | ipet | opinia ppp | opinia poradni |
        dostosowanie | dostosowania | dysleksja | dyslektyk | dysgrafia | dysortografia | dyskalkulia | adhd |
        autyzm | zespol aspergera | darmowe obiady | bezplatne obiady | darmowy obiad | bezplatny obiad | mops |
        gops | pomoc spoleczna | stypendium socjalne | zasilek | zapomoga | rodzina zastepcza |
        piecza zastepcza | dom dziecka | sierota | stan cywilny | ciaza | w ciazy | pochodz | liczba dzieci
    """,
    "circumstances": """
        dochod | dochody | stypendium | wyksztalcenie rodzicow | wyksztalcenie matki | wyksztalcenie ojca |
        zawod rodzicow | zawod matki | zawod ojca | samotny rodzic | samotna matka | rodzina niepelna |
        rodzina wielodzietna | rodzenstwo | liczba rodzenstwa | opiekun | matka | matki | ojciec | ojca |
        rodzice | rodzicow
    """,
    "personal": "imie | imiona | nazwisko | telefon | =uczen | =uczennica | =uczen uczennica | =studentka",
    "id": """
        pesel | numer ucznia | nr ucznia | kod ucznia | numer studenta | nr studenta | numer albumu |
        nr albumu | indeks | numer indeksu | nr indeksu | numer legitymacji | nr legitymacji |
        legitymacja |
        nr w dzienniku
    """,
    "number": "numer | =lp | =l p | liczba porzadkowa | wiersz",
    "period": "rok | rok szkolny | rok akademicki | rocznik | semestr | polrocze | trymestr | kwartal",
    "good_end": """
        zdal | zdala | zdali | zdaje | zdane | zdany | zdana | zdano | zdawalnosc | zaliczyl | zaliczyla |
        zaliczone | zaliczony | zaliczona | zaliczono | zaliczenie | zaliczenia | zalicza | =zal | promocja |
        promocji | promowany | promowana | ukonczyl | ukonczyla | ukonczone | ukonczony | ukonczono |
        ukonczenie | absolwent | absolwentka | dyplom | sukces | powodzenie | pozytywny | pozytywna |
        pozytywne | pozytywnie | przyjety | przyjeta | dopuszczony | dopuszczona | klasyfikowany |
        klasyfikowana | =wyroznienie | =obecny | =obecna | =dostateczny | =dostateczna
    """,
    "bad_end": """
        oblal | oblala | oblali | oblany | oblana | oblane | nzal | powtarza | powtarza klase | powtarzal |
        powtarzala | powtarzanie | powtarzajacy | powtarzajaca | drugoroczny | drugoroczna | drugorocznosc |
        repetent | repetentka | porzucil | porzucila | porzucenie | porzucenie nauki | odpadl | odpadla |
        odsiew | rezygnacja | zrezygnowal | zrezygnowala | przerwal | przerwala | przerwanie nauki | odszedl |
        odeszla | skreslony | skreslona | skreslenie | wydalony | wydalona | usuniety | usunieta | zawieszony |
        zawieszona | zagrozony | zagrozona | zagrozenie | zagrozenia | zagrozenie promocji | ryzyko |
        grupa ryzyka | nieobecny | nieobecna | niedostateczny | niedostateczna | niepowodzenie | porazka |
        odrzucony | odrzucona | nieklasyfikowany | nieklasyfikowana | poprawka | egzamin poprawkowy |
        negatywny | negatywna | negatywne
    """,
    "more_is_better": """
        obecnosc | obecnosci | frekwencja | punkty | punktow | pkt | ocena | oceny | srednia | srednia ocen |
        czas nauki | godziny nauki | godzin nauki | uczestnictwo | aktywnosc | zadania domowe | zadan domowych |
        zadan | prace domowe | prac domowych | praca domowa | oddane | oddanych | zaliczone | zaliczonych |
        poprawne odpowiedzi |
        obecn | frekw
    """,
    "less_is_better": """
        nieobecnosc | nieobecnosci | nieobecny | nieusprawiedliwione | nieusprawiedliwionych | absencja |
        opuszczone | opuszczonych | opuszczone godziny | spoznienie | spoznienia | spoznien | wagary | bledy |
        bledow | nagana | nagany | upomnienie | upomnienia | uwagi negatywne | negatywne uwagi | zaleglosci |
        braki | brakujace | brakujacych | nieoddane | nieoddanych | stracone | utracone | punkty karne |
        jedynki | niezaliczone | niezaliczonych | powtarzane | stres |
        nieuspr | nieusp | nieob | spozn | uwagi neg | nieprzygotowania | nieprzygotowan | ndst |
        niedostatecznych | niedostateczne
    """,
    "increase": """
        obecnosc | obecnosci | frekwencja | czas nauki | godziny nauki | godzin nauki | uczestnictwo | aktywnosc |
        zadania domowe | zadan domowych | praca domowa | prace domowe | prac domowych | oddane | oddanych | korepetycje
        | korepetycji | zajecia wyrownawcze | zajecia dodatkowe | konsultacje
    """,
    "decrease": """
        nieobecnosc | nieobecnosci | nieobecny | nieusprawiedliwione | nieusprawiedliwionych | absencja | opuszczone |
        opuszczonych | opuszczone godziny | spoznienie | spoznienia | spoznien | wagary | nieoddane | nieoddanych | czas
        przed ekranem | gry komputerowe | media spolecznosciowe
    """,
    "actionable": "snu | czas snu | godziny snu | godzin snu | czas wolny | wolny czas | praca dorywcza",
    "immutable": """
        dojazd | dojazdu | czas dojazdu | odleglosc | droga do szkoly | poprzedni | poprzednia | poprzednie | poprzednim
        | ubiegly | ubieglym | powtarzane | powod | usprawiedliwione | usprawiedliwionych | choroba | choroby | rodzice
        | rodzicow | matka | matki | ojciec | ojca | rodzina | rodziny | rodzenstwo | nauczyciel
    """,
    "mark": """
        ocena | oceny | srednia | punkty | sprawdzian | kartkowka | klasowka | praca klasowa | kolokwium |
        egzamin | matura
    """,
    "group": "klasa | oddzial | grupa",
    "doubt": """
        bez szans | ledwo | prawie | czesciowo | niemozliwe | niemozliwa | mozliwe | prawdopodobnie | watpliwe |
        oczekiwane | unikniete | ponizej | mniej | wstrzymano | wstrzymana | odroczony | odroczona | zaden sukces |
        zadnych |
        uniknal | uniknela | unika | wolny | zwolniony | zwolniona | poza | oprocz | anulowano | anulowana |
        uniewazniony | uniewazniona | cofnieto | tymczasowo | warunkowo | nieprawdopodobne | odmowa | odmowiono |
        utrata | stracil | ani | odwrotnie | niskie | malo | przeciw | watpliwa
    """,
    "other_sense": "nauczyciel | nauczycielka | programowania | adres email | adres e mail | adres ip | projekt | dane",
    "thing": "kurs | szkola | klasa | grupa | przedmiot | egzamin | test | sala",
    "remark": "uwaga | uwagi | komentarz | komentarze",
}
