"""The words of German headers: Germany, Austria and Switzerland."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        alter | geburtsdatum | geburtstag | geburtsjahr | geburtsmonat | plz | postleitzahl | gebdat | geb dat | geb
        datum | geburtsdat | geboren am | =geb | =geboren | gebjahr | geb jahr | alter in jahren | altersgruppe |
        altersklasse | =ort | =stadt | =strasse | =wohnlage |
        geb am | ortsteil
    """,
    "demographic": """
        geschlecht | mannlich | maennlich | weiblich | =divers | madchen | maedchen | =junge | =mann | =frau | =m w | =m
        w d | anrede | geburtsort | geburtsland | adresse | anschrift | wohnort | staatsangehorigkeit |
        staatsangehoerigkeit | staatsburgerschaft | nationalitat | nationalitaet | ethnie | ethnizitat | herkunft |
        herkunftsland | auslander | auslaender | auslandisch | fluchtling | fluechtling | gefluchtet | aussiedler |
        migrationshintergrund | migration | zuwanderung | religion | religionszugehorigkeit | konfession | bekenntnis |
        muttersprache | erstsprache | herkunftssprache | familiensprache | verkehrssprache | ndh | daz | deutsch als
        zweitsprache | behinderung | behindert | schwerbehinderung | schwerbehindert | forderbedarf | foerderbedarf |
        sonderpadagogischer forderbedarf | forderschwerpunkt | spf | inklusion | integrationskind | nachteilsausgleich |
        lrs | legasthenie | dyskalkulie | adhs | autismus | lernmittelbefreiung | lernmittelbefreit | lmb | bildung und
        teilhabe | but berechtigt | familienstand | schwanger | geschl | =w m | =m w x | =d m w | =w m d | =konf | =rel
        | religionszug | staatsang | staatsangeh | =staat | mighg | migrationshg | mig hintergrund | =evangelisch |
        =katholisch | =muslimisch | =islamisch | =orthodox | =konfessionslos | nichtdeutsch | nicht deutsch |
        nichtdeutsche herkunftssprache | muttersprachler | asylbewerber | asyl | verheiratet | ledig | geschieden |
        familienstatus | behinderungen | forderstatus | foerderschwerpunkt | sonderpad forderbedarf | autist | lrs
        status | but empfanger | bildungspaket | sozialhilfe | burgergeld | hartz iv | heimkind | pflegekind | geb ort |
        geb land | zuzugsjahr | auslanderin | deutschkenntnisse | =religionsunterricht | fluchtlingsstatus |
        forderschuler | forderschulerin | i kind | =but | mutterspr | schwerbeh | schwerbehind | forderschwerp |
        foerderschwerp | rel unt | waise | halbwaise | vollwaise | staatsburgersch | =kinder | anzahl kinder |
        migrationsstatus |
        =nation | mighi | =reli | =daf | umgangssprache | religionsbek | ao status
    """,
    "circumstances": """
        alleinerziehend | bafog | stipendium | bildungsabschluss der eltern | beruf der eltern | mutter | vater | eltern
        | elternteil | geschwister
    """,
    "personal": """
        name | vorname | nachname | familienname | telefon | telefonnummer | handynummer | rufname | zuname |
        geburtsname | name vorname | vorname name | nachname vorname | vorname nachname | benutzername | tel | handy |
        telefonnr | handynr | mobil | mobilnummer | rufnummer | notfallkontakt | mailadresse | e mail adresse |
        emailadresse | =schuler | =schueler | =schulerin | schulername | schuelername | =initialen | =kontakt |
        =schuelerin | =schuler in | =schulername | =schuelername |
        langname | nachn | name des kindes | name kind |
        =vn | vorn | =unterschrift
    """,
    "id": """
        matrikel | matrikelnummer | matrikelnr | schulernummer | mat nr | matr nr | schulernr | schuelernummer |
        schuelernr | schulerkennung | sozialversicherungsnummer | ausweisnummer | kennnummer | personenkennzahl |
        =schlussel | =kennung | =kennzahl | personalnummer | pers nr | kartei nr
    """,
    "number": "nummer | lfd nr | zeile | =nr | =lfd | laufende nummer | laufnummer",
    "period": "schuljahr | jahr | halbjahr | jahrgang | semester",
    "good_end": """
        bestanden | versetzt | versetzung | erfolg | erfolgreich | abgeschlossen | absolviert | zugelassen | aufgenommen
        | =erreicht | =ausgezeichnet | auszeichnung | genugend | genuegend | =ausreichend | geschafft | vorgeruckt |
        vorgerueckt | =vorrucken | =vorruecken | aufgestiegen | klassenziel erreicht | ziel erreicht | abschluss
        erreicht | abschluss geschafft | =abschluss
    """,
    "bad_end": """
        durchgefallen | durch gefallen | abgebrochen | abbruch | abbrecher | abbrecherin | studienabbruch |
        studienabbrecher | schulabbruch | schulabbrecher | gefahrdet | gefaehrdet | versetzungsgefahrdet |
        versetzungsgefaehrdet | versetzung gefahrdet | versetzungsgefahr | abschlussgefahrdet | abstiegsgefahrdet |
        sitzengeblieben | sitzen geblieben | sitzenbleiber | sitzenbleiben | wiederholt | wiederholer | wiederholung |
        wiederholen | klassenwiederholung | exmatrikuliert | exmatrikulation | abgegangen | abgang | ausgeschieden |
        ausgeschlossen | suspendiert | abgelehnt | ungenugend | nachprufung | risiko | abwesend | gescheitert |
        misserfolg | nichtbestehen | nicht bestehen | nichtversetzung | =mangelhaft | klassenziel nicht erreicht | ziel
        nicht erreicht | abschluss nicht erreicht | ohne abschluss | risikoschuler | risikoschueler | risikoschulerin
    """,
    "more_is_better": """
        anwesenheit | anwesend | anwesenheitstage | punkte | punktzahl | punktestand | testpunkte | klausurpunkte |
        leistungspunkte | ects | lernzeit | lernstunden | lernzeit in stunden | gelernte stunden | mitarbeit |
        beteiligung | hausaufgaben | abgaben | abgegeben |
        anwesenh | mitarb
    """,
    "less_is_better": """
        klassenrang |
        fehlstunden | fehltage | fehlzeit | fehlzeiten | fehlstd | fehlt | abwesend | abwesenheit | abwesenheiten |
        absenzen | unentschuldigt | verspatet | verspatung | verspatungen | versaumt | versaumte | versaumnisse | fehler
        | fehlversuch | fehlversuche | fehlende | vergessen | vergessene | tadel | verweis | verweise | ermahnungen |
        klassenbucheintrage | wiederholungen | punktabzug | strafpunkte |
        fstd | fehlst | unent | unentsch | versp | verspatg | abwesenh | ausfallstunden | schulversaumnisse |
        strafen | strafarbeiten | nicht erledigt | nicht erledigte
    """,
    "increase": """
        anwesenheit | anwesend | anwesenheitstage | anwesenheitsquote | lernzeit | lernstunden | lernen | gelernt |
        gelernte | =stunden | selbststudium | ubungszeit | uebungszeit | ubungsstunden | uebungsstunden | beteiligung |
        hausaufgaben | hausaufgabenquote | hausubungen | hausuebungen | abgaben | abgegeben | abgegebene | eingereicht |
        eingereichte | nachhilfe | nachhilfestunden | forderunterricht | foerderunterricht | forderkurs | foerderkurs |
        stutzunterricht | stuetzunterricht | zusatzunterricht | lernhilfe | lernbegleitung | hausaufgabenbetreuung |
        hausaufgabenhilfe | tutorium | tutorien
    """,
    "decrease": """
        fehlstunden | fehltage | fehlzeit | fehlzeiten | fehlstd | abwesend | abwesenheit | abwesenheiten |
        abwesenheitstage | absenz | absenzen | unentschuldigt | unentschuldigte | unentschuldigten | verspatet |
        verspaetet | verspatung | verspatungen | verspaetung | verspaetungen | versaumt | versaeumt | versaumte |
        versaeumte | versaumnisse | versaeumnisse | geschwanzt | geschwaenzt | vergessen | vergessene | bildschirmzeit |
        medienzeit | handyzeit | fernsehen | computerspiele | soziale medien | ausgehen | alkohol
    """,
    "actionable": """
        schlaf | schlafdauer | schlafzeit | schlafstunden | schlafenszeit | fruhstuck | fruehstueck | freizeit |
        nebenjob
    """,
    "immutable": """
        fahrzeit | fahrtzeit | schulweg | anfahrt | anreise | weg | wegzeit | entfernung | pendelzeit | pendeln |
        verkehrsmittel | vorjahr | letztes jahr | im letzten jahr | bisher | bisherige | fruher | frueher | fruhere |
        fruehere | vorherige | wiederholungen | fehlversuch | fehlversuche | nicht bestanden | grund | entschuldigt |
        entschuldigte | entschuldigten | krank | krankheit | krankheitstage | eltern | mutter | vater | geschwister |
        familie | lehrer | lehrerin | lehrkraft | kita
    """,
    "mark": """
        note | noten | vornote | punkte | punktzahl | klausur | klassenarbeit | zeugnis | zeugnisnote | halbjahresnote
    """,
    "group": """
        =klasse | =kurs | =gruppe | =lerngruppe | lerngruppe | lerngruppen | klassenname | stammklasse | parallelklasse
        | klasse id | kursgruppe
    """,
    "other_sense": """
        lehrer | lehrerin | lehrerinnen | lehrkraft | programmierung | korpersprache | e mail adresse | mail adresse |
        ip adresse | daten | projekt
    """,
    "thing": "kurs | klasse | schule | fach | prufung | modul | gruppe | raum | projekt",
    "doubt": """
        ohne | kaum | nichts | niemals | niemand | weder | moglich | moeglich | unmoglich | unmoeglich |
        unwahrscheinlich | wahrscheinlich | erwartet | voraussichtlich | verweigert | ausgesetzt | aufgeschoben |
        verschoben | teilweise | teils | beinahe | fast | unter | unterhalb | weniger | wenig | verpasst | verfehlt |
        vermieden | verhindert | abgewendet | frei | fraglich | offen | ausstehend | entzogen | aberkannt | vielleicht |
        bedingt | vorlaufig | fehlt | fehlend | umgekehrt | invertiert | keinerlei | ausgeblieben |
        entgangen | ausser | statt | anstatt | widerrufen | ungultig | annulliert | vorbehaltlich | bedroht |
        befreit | sicher vor | geschutzt | verwehrt | mangels | drohend | droht | aufgehoben | gering | niedrig |
        knapp | vereitelt
    """,
    "remark": "bemerkung | bemerkungen | anmerkung | anmerkungen | kommentar | kommentare",
}
