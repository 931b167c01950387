"""The words of Italian headers."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        eta | data di nascita | anno di nascita | codice postale | data nascita | anno nascita | nato il | nata il |
        nato a il | cap di residenza | cap residenza | cap comune | =comune | comune di residenza | =citta | =via |
        =quartiere | luogo di residenza | =residenza
    """,
    "demographic": """
        sesso | genere | maschio | femmina | maschile | femminile | uomo | donna | ragazzo | ragazza | =m f | luogo di
        nascita | comune di nascita | paese di nascita | indirizzo | nazionalita | cittadinanza | =straniero |
        =straniera | alunno straniero | immigrato | immigrata | rifugiato | rifugiata | =nai | etnia | razza | minoranza
        | religione | lingua madre | madrelingua | italiano l2 | italiano l 2 | disabilita | disabile | =104 | legge 104
        | l 104 | dsa | bes | =pei | =pdp | dislessia | dislessico | adhd | sostegno | stato civile | =f m | italofono |
        italofona | non italofono | paese di origine | paese d origine | paese origine | =origine | luogo nascita |
        =nato a | =nata a | comune nascita | disabilita certificata | =musulmano | =cattolico | =cattolica | sposato |
        sposata | celibe | nubile | divorziato | italiano come l2 | prima lingua | lingua parlata a casa | bisogni
        educativi speciali | dsa bes | svantaggio | richiedente asilo | discalculia | cittad | orfano | orfana | numero
        di figli |
        h104 | =stranieri | =irc
    """,
    "circumstances": """
        isee | borsa di studio | titolo di studio dei genitori | padre | madre | genitori | fratelli
    """,
    "personal": """
        nome | cognome | telefono | nome e cognome | cognome e nome | cognome nome | nome cognome | nome completo |
        nominativo | cellulare | =cell | tel | recapito | posta elettronica | nome del padre | nome della madre | nome
        utente | =alunno | =studente | =contatto | =alunna | =studentessa
    """,
    "id": "matricola | codice fiscale | codice studente | codice alunno | codice sidi | sidi",
    "period": "anno | anno scolastico | semestre | trimestre",
    "good_end": """
        promosso | promossa | promossi | ammesso | ammessa | idoneo | idonea | superato | superata | diplomato |
        diplomata | laureato | laureata | approvato | approvata | successo | sufficiente | =passato | =lode
    """,
    "bad_end": """
        bocciato | bocciata | bocciati | bocciatura | respinto | respinta | abbandono | abbandona | abbandonato |
        ritirato | ritirata | ritiro | ripetente | ripete | ripetuto | rimandato | rimandata | insufficiente | fallito |
        insuccesso | dispersione | a rischio | rischio | espulso | espulsa | assente | inidoneo | giudizio sospeso
    """,
    "more_is_better": """
        presenza | presenze | frequenza | voto | voti | punteggio | punti | media voti | media dei voti | ore di studio
        | tempo di studio | partecipazione | compiti | crediti | cfu | esami superati |
        freq
    """,
    "less_is_better": """
        =posizione | =graduatoria |
        assenza | assenze | ritardo | ritardi | note disciplinari | insufficienze | debiti | esami falliti | errori |
        sospensione | sospensioni | bocciature | mancanti | mancati | saltati | non consegnati | ammonizioni |
        note disc | insuff | non svolti | non svolte
    """,
    "increase": """
        presenza | presenze | frequenza | ore di studio | tempo di studio | partecipazione | compiti | consegnati |
        consegnate | ripetizioni | corsi di recupero | corso di recupero | lezioni private | tutoraggio | doposcuola |
        aiuto compiti
    """,
    "decrease": """
        assenza | assenze | ritardo | ritardi | mancanti | mancati | saltati | saltate | ingiustificate | tempo schermo
        | schermo | videogiochi | uscite
    """,
    "actionable": "sonno | ore di sonno | tempo libero | attivita extrascolastiche",
    "immutable": """
        tragitto | viaggio | tempo di viaggio | pendolare | distanza | trasporto | precedente | precedenti | scorso |
        bocciature | insufficienze | debiti | falliti | motivo | giustificate | malattia | genitori | madre | padre |
        famiglia | fratelli | docente | titolo di studio | borsa di studio
    """,
    "mark": "voto | voti | media | verifica | esame | punteggio",
    "number": "riga | numero | num | =no",
    "group": "=classe | =sezione | classe e sezione | classe sezione | =gruppo | gruppo classe",
    "other_sense": """
        insegnante | insegnanti | docente | docenti | professore | professoressa | linguaggio | programmazione |
        indirizzo email | indirizzo e mail | indirizzo mail | indirizzo ip | indirizzo di studio | indirizzo di studi |
        genere letterario | genere musicale | dati | progetto
    """,
    "thing": "corso | scuola | classe | istituto | sezione | materia | gruppo | modulo | plesso | aula | progetto",
    "doubt": """
        nessun | nessuno | nessuna | niente | nulla | appena | quasi | parzialmente | impossibile | possibile |
        improbabile | probabile | previsto | prevista | atteso | attesa | evitato | evitata | mancato | mancata | perso
        | persa | sotto | meno | inferiore | sospeso | sospesa | rinviato | rinviata | negato | negata | condizionato |
        evita | evitare | esente | esonerato | esonerata | esonero | fuori | libero da | salvo | annullato |
        annullata | revocato | revocata | provvisorio | provvisoria | compromesso | compromessa | minacciato |
        rifiutata | mancanza | perdita di | contrario | inverso | scongiurato | scampato | basso |
        poco | dubbio
    """,
    "remark": "osservazione | osservazioni | commento | commenti | annotazione | annotazioni",
}
