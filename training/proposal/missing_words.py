"""Words for a mark that was not given, beside numbers; whether they mean that there is no value is asked."""

MISSING_WORDS = frozenset(
    word.strip()
    for line in """
        absent | abs | abs. | ab | excused | exempt | exempted | ex | ex. | did not sit | dns | dnf | no show |
        missing | not submitted | ns | not taken | not marked | medical | sick | ill | incomplete | inc | late |
        pending | tbd | withdrawn | unknown | blank
        abwesend | entschuldigt | unentschuldigt | krank | befreit | fehlt | gefehlt | e | u | nb | k. a. | unbekannt
        absente | abs | dispensé | dispensée | disp | disp. | non noté | non rendu | nn | n.not | malade | inconnu
        ausente | exento | exenta | np | n.p. | no presentado | no presentada | sin nota | enfermo | enferma
        assente | esonerato | esonerata | non classificato | nc | n.c. | giustificato | malato
        faltou | isento | isenta | dispensado | dispensada | doente | sem nota
        afwezig | ziek | vrijstelling | vrst | niet ingeleverd | onbekend
        nieobecny | nieobecna | nb | nb. | zw | zw. | zwolniony | zwolniona | np | np. | nieprzygotowany |
        nieprzygotowana | nk | nkl | nkl. | nieklasyfikowany | nieklasyfikowana | usprawiedliwiony | usprawiedliwiona |
        chory | chora | bz | brak | brak oceny | brak danych | nie dotyczy | nd | nd. | nieznany
        nepřítomen | nepřítomna | omluven | omluvena | neomluven | neomluvena | uvolněn | uvolněna | nemocen |
        nemocný | nemocná | nehodnocen | nehodnocena | neklasifikován | neklasifikována | nepsal | nepsala | chybí |
        chyběl | chyběla | n | bez známky | neuvedeno | neznámé
    """.strip().splitlines()
    for word in line.split("|")
)
