"""The words of French headers."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        age | date de naissance | annee de naissance | ddn | code postal | ne e le | nee le | ne le | date naissance |
        date de naiss | date naiss | =ville | =commune | =rue | =quartier | lieu de residence
    """,
    "demographic": """
        sexe | genre | garcon | fille | homme | femme | masculin | feminin | =h f | =f g | civilite | lieu de naissance
        | pays de naissance | ville de naissance | ne a l etranger | adresse | nationalite | etranger eleve | eleve
        etranger | =etranger | =etrangere | migrant | immigre | immigree | refugie | refugiee | gens du voyage | ethnie
        | religion | langue maternelle | langue parlee a la maison | langue | allophone | eana | upe2a | upe 2 a | fle |
        handicap | handicape | handicapee | rqth | mdph | ulis | aesh | =pap | =pps | =ppre | dyslexie | dyslexique |
        dys | tdah | boursier | boursiere | bourse | situation familiale | origine | =f h | =g f | =m f | pays d origine
        | pays origine | ville naissance | =ne a | =ne e a | =nee a | lieu naissance | francophone | non francophone |
        handicaps | musulman | musulmane | =catholique | =protestant | =juif | =juive | marie | mariee | celibataire |
        divorce | divorcee | langue d origine | premiere langue | plurilingue | besoins particuliers | ebep | segpa |
        echelon de bourse | defavorise | defavorisee | asile | sans papiers | mna | orphelin | orpheline | =nat |
        pupille de la nation | nombre d enfants |
        =qpv | =rep
    """,
    "circumstances": """
        pcs des parents | csp des parents | profession des parents | famille monoparentale | mere | pere | parents |
        fratrie | csp | pcs
    """,
    "personal": """
        nom | prenom | courriel | telephone | nom prenom | nom et prenom | prenom nom | nom de famille | nom de
        naissance | nom d usage | portable | =mobile | tel | tel portable | tel mobile | adresse mail | adresse email |
        adresse e mail | identifiant | nom du pere | nom de la mere | responsable legal | =eleve | =etudiant |
        =initiales | =etudiante
    """,
    "id": """
        matricule | ine | numero etudiant | n etudiant | numero eleve | apogee | code etudiant | code eleve |
        =cne | code massar | identifiant national |
        n eleve | no eleve | num eleve | identifiant
    """,
    "number": "numero | rang | =no | ligne | =n | =num",
    "period": "annee | annee scolaire | trimestre | semestre",
    "good_end": """
        reussi | reussie | reussite | succes | admis | admise | =recu | =recue | obtenu | obtenue | valide | validee |
        diplome | diplomee | promu | promue | =passage | passe en classe superieure | satisfaisant | acquis | =mention |
        felicitations | =passe
    """,
    "bad_end": """
        echec | echoue | echouee | redoublement | redouble | redoublant | redoublante | decrochage | decrocheur |
        decrocheuse | decroche | abandon | abandonne | abandons | ajourne | ajournee | refuse | refusee | recale |
        recalee | =colle | elimine | eliminee | exclu | exclue | demission | demissionnaire | defaillant | insuffisant |
        a risque | risque | risque d echec | risque de decrochage | rattrapage | =absent | =absente | renvoye | en
        difficulte
    """,
    "more_is_better": """
        assiduite | presences | moyenne | points | heures d etude | temps d etude | temps de travail | heures de
        revision | devoirs rendus | travaux rendus | ects
    """,
    "less_is_better": """
        =classement | rang classe |
        absence | absences | absenteisme | demi journees | retard | retards | manque | manques | manquees | manquants |
        non rendus | non rendu | exclusion | exclusions | avertissement | avertissements | sanction | sanctions |
        punition | punitions | retenue | retenues | erreur | erreurs | fautes | echecs | heures de colle | incidents |
        abs | nb abs | non faits | non faites | colles | injustifiees
    """,
    "increase": """
        assiduite | presence | presences | heures d etude | temps d etude | temps de travail | travail personnel |
        heures de travail | heures de revision | revisions | devoirs | devoirs rendus | devoirs faits | travaux rendus |
        rendus | rendues | participation | soutien | soutien scolaire | cours de soutien | tutorat | aide aux devoirs |
        cours particuliers | accompagnement scolaire
    """,
    "decrease": """
        absence | absences | absenteisme | demi journees | retard | retards | manque | manques | manquees | manquants |
        injustifiees | injustifie | non justifiees | non justifie | temps d ecran | ecran | ecrans | jeux video |
        reseaux sociaux | sorties | alcool
    """,
    "actionable": """
        sommeil | heures de sommeil | heure de coucher | coucher | temps libre | loisirs | activites extrascolaires
    """,
    "immutable": """
        trajet | temps de trajet | transport | transports | distance | precedent | precedente | precedents | precedentes
        | anterieur | anterieure | anterieurs | anterieures | retard scolaire | redoublement | redoublements | echec |
        echecs | motif | justifiees | justifie | maladie | parents | mere | pere | famille | fratrie | enseignant |
        enseignante | professeur | maternelle
    """,
    "mark": "note | notes | moyenne | controle | devoir | examen | partiel",
    "group": "=classe | =groupe | =division | =section | classe id | groupe classe | =mef",
    "other_sense": """
        enseignant | enseignante | enseignants | professeur | langue de programmation | programmation | langue vivante |
        adresse mail | adresse email | adresse e mail | adresse courriel | adresse ip | genre litteraire | genre de film
        | origine des donnees | donnees | projet
    """,
    "thing": """
        cours | ecole | etablissement | classe | matiere | groupe | module | epreuve | devoir | college | lycee |
        section | salle | projet
    """,
    "doubt": """
        aucun | aucune | jamais | rien | guere | peu | presque | partiellement | impossible | improbable | probable |
        prevu | prevue | attendu | attendue | evite | evitee | empeche | empechee | manque | manquee | perdu | perdue |
        sous | moins | inferieur | suspendu | suspendue | differe | differee | reporte | reportee | attente |
        conditionnel | provisoire | nullement |
        echappe | exempt | exempte | exemptee | dispense | dispensee | hors | libre de | sauf | annule | annulee |
        revoque | revoquee | invalide | invalidee | compromis | compromise | menace | menacee | refus de |
        ni | defaut de | perte de | contraire | inverse | ecarte | ecartee | surmonte |
        surmontee | faible | confirmer | loin
    """,
    "remark": """
        commentaire | commentaires | remarque | remarques | observation | observations | appreciation | appreciations
    """,
}
