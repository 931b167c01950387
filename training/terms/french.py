"""The words of French headers."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": "age | date de naissance | annee de naissance | ddn | ne le | nee le | ne e le | code postal",
    "demographic": """
        sexe | genre | garcon | fille | homme | femme | masculin | feminin | =h f | =f g | civilite |
        lieu de naissance | pays de naissance | ville de naissance | ne a l etranger | adresse | nationalite |
        etranger eleve | eleve etranger | =etranger | =etrangere | migrant | immigre | immigree | refugie |
        refugiee | gens du voyage | ethnie | religion | langue maternelle | langue parlee a la maison | langue |
        allophone | eana | upe2a | upe 2 a | fle | handicap | handicape | handicapee | rqth | mdph | ulis | aesh
        | =pap | =pps | =ppre | dyslexie | dyslexique | dys | tdah | boursier | boursiere | bourse |
        situation familiale | origine
    """,
    "circumstances": "pcs des parents | csp des parents | profession des parents | famille monoparentale",
    "personal": "nom | prenom | courriel | telephone | =eleve | =etudiant | =etudiante",
    "id": "matricule | ine",
    "number": "numero | rang",
    "period": "annee | annee scolaire | trimestre | semestre",
    "good_end": """
        reussi | reussie | reussite | succes | admis | admise | =recu | =recue | obtenu | obtenue | valide |
        validee | diplome | diplomee | promu | promue | =passage | passe en classe superieure | satisfaisant |
        acquis | =mention | felicitations
    """,
    "bad_end": """
        echec | echoue | echouee | redoublement | redouble | redoublant | redoublante | decrochage | decrocheur
        | decrocheuse | decroche | abandon | abandonne | abandons | ajourne | ajournee | refuse | refusee |
        recale | recalee | =colle | elimine | eliminee | exclu | exclue | demission | demissionnaire |
        defaillant | insuffisant | a risque | risque | risque d echec | risque de decrochage | rattrapage |
        =absent | =absente | renvoye
    """,
    "more_is_better": """
        assiduite | presences | moyenne | points | heures d etude | temps d etude | temps de travail |
        heures de revision | devoirs rendus | travaux rendus | ects
    """,
    "less_is_better": """
        absence | absences | absenteisme | demi journees | retard | retards | manque | manques | manquees |
        manquants | non rendus | non rendu | exclusion | exclusions | avertissement | avertissements | sanction
        | sanctions | punition | punitions | retenue | retenues | erreur | erreurs | fautes | echecs |
        heures de colle | incidents
    """,
    "mark": "note | notes | moyenne | controle | devoir | examen | partiel",
}
