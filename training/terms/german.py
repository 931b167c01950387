"""The words of German headers: Germany, Austria and Switzerland."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": "alter | geburtsdatum | geburtstag | geburtsjahr | geburtsmonat | plz | postleitzahl",
    "demographic": """
        geschlecht | mannlich | maennlich | weiblich | =divers | madchen | maedchen | =junge | =mann | =frau |
        =m w | =m w d | anrede | geburtsort | geburtsland | adresse | anschrift | wohnort | staatsangehorigkeit
        | staatsangehoerigkeit | staatsburgerschaft | nationalitat | nationalitaet | ethnie | ethnizitat |
        herkunft | herkunftsland | auslander | auslaender | auslandisch | fluchtling | fluechtling | gefluchtet
        | aussiedler | migrationshintergrund | migration | zuwanderung | religion | religionszugehorigkeit |
        konfession | bekenntnis | muttersprache | erstsprache | herkunftssprache | familiensprache |
        verkehrssprache | ndh | daz | deutsch als zweitsprache | behinderung | behindert | schwerbehinderung |
        schwerbehindert | forderbedarf | foerderbedarf | sonderpadagogischer forderbedarf | forderschwerpunkt |
        spf | inklusion | integrationskind | nachteilsausgleich | lrs | legasthenie | dyskalkulie | adhs |
        autismus | lernmittelbefreiung | lernmittelbefreit | lmb | bildung und teilhabe | but berechtigt |
        familienstand | schwanger
    """,
    "circumstances": "alleinerziehend | bafog | stipendium | bildungsabschluss der eltern | beruf der eltern",
    "personal": """
        name | vorname | nachname | familienname | telefon | telefonnummer | handynummer | =schuler | =schueler |
        =schulerin | =schuelerin | =schuler in | =schulername | =schuelername
    """,
    "id": "matrikel | matrikelnummer | matrikelnr | schulernummer",
    "number": "nummer | lfd nr | zeile",
    "period": "schuljahr | jahr | halbjahr | jahrgang | semester",
    "good_end": """
        bestanden | versetzt | versetzung | erfolg | erfolgreich | abgeschlossen | absolviert | zugelassen |
        aufgenommen | =erreicht | =ausgezeichnet | auszeichnung
    """,
    "bad_end": """
        durchgefallen | durch gefallen | abgebrochen | abbruch | abbrecher | abbrecherin | studienabbruch |
        studienabbrecher | schulabbruch | schulabbrecher | gefahrdet | gefaehrdet | versetzungsgefahrdet |
        versetzungsgefaehrdet | versetzung gefahrdet | versetzungsgefahr | abschlussgefahrdet |
        abstiegsgefahrdet | sitzengeblieben | sitzen geblieben | sitzenbleiber | sitzenbleiben | wiederholt |
        wiederholer | wiederholung | wiederholen | klassenwiederholung | exmatrikuliert | exmatrikulation |
        abgegangen | abgang | ausgeschieden | ausgeschlossen | suspendiert | abgelehnt | ungenugend |
        nachprufung | risiko | abwesend | gescheitert | misserfolg
    """,
    "more_is_better": """
        anwesenheit | anwesend | anwesenheitstage | punkte | punktzahl | punktestand | testpunkte |
        klausurpunkte | leistungspunkte | ects | lernzeit | lernstunden | lernzeit in stunden | gelernte stunden
        | mitarbeit | beteiligung | hausaufgaben | abgaben | abgegeben
    """,
    "less_is_better": """
        fehlstunden | fehltage | fehlzeit | fehlzeiten | fehlstd | fehlt | abwesend | abwesenheit |
        abwesenheiten | absenzen | unentschuldigt | verspatet | verspatung | verspatungen | versaumt | versaumte
        | versaumnisse | fehler | fehlversuch | fehlversuche | fehlende | vergessen | vergessene | tadel |
        verweis | verweise | ermahnungen | klassenbucheintrage | wiederholungen | punktabzug | strafpunkte
    """,
    "mark": """
        note | noten | vornote | punkte | punktzahl | klausur | klassenarbeit |
        zeugnis | zeugnisnote | halbjahresnote
    """,
}
