"""The words of Italian headers."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": "eta | data di nascita | anno di nascita | codice postale | =cap",
    "demographic": """
        sesso | genere | maschio | femmina | maschile | femminile | uomo | donna | ragazzo | ragazza | =m f |
        luogo di nascita | comune di nascita | paese di nascita | indirizzo | nazionalita | cittadinanza |
        =straniero | =straniera | alunno straniero | immigrato | immigrata | rifugiato | rifugiata | =nai |
        etnia | razza | minoranza | religione | lingua madre | madrelingua | italiano l2 | italiano l 2 |
        disabilita | disabile | =104 | legge 104 | l 104 | dsa | bes | =pei | =pdp | dislessia | dislessico |
        adhd | sostegno | stato civile
    """,
    "circumstances": "isee | borsa di studio | titolo di studio dei genitori",
    "personal": "nome | cognome | telefono | =alunno | =alunna | =studente | =studentessa",
    "id": "matricola",
    "period": "anno | anno scolastico | semestre | trimestre",
    "good_end": """
        promosso | promossa | promossi | ammesso | ammessa | idoneo | idonea | superato | superata | diplomato |
        diplomata | laureato | laureata | approvato | approvata | successo | sufficiente | =passato | =lode
    """,
    "bad_end": """
        bocciato | bocciata | bocciati | bocciatura | respinto | respinta | abbandono | abbandona | abbandonato
        | ritirato | ritirata | ritiro | ripetente | ripete | ripetuto | rimandato | rimandata | insufficiente |
        fallito | insuccesso | dispersione | a rischio | rischio | espulso | espulsa | assente | inidoneo
    """,
    "more_is_better": """
        presenza | presenze | frequenza | voto | voti | punteggio | punti | media voti | media dei voti |
        ore di studio | tempo di studio | partecipazione | compiti | crediti | cfu | esami superati
    """,
    "less_is_better": """
        assenza | assenze | ritardo | ritardi | note disciplinari | insufficienze | debiti | esami falliti |
        errori | sospensione | sospensioni | bocciature | mancanti | mancati | saltati | non consegnati |
        ammonizioni
    """,
    "mark": "voto | voti | media | verifica | esame | punteggio",
}
