"""The words of English headers: British, and of the United States."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        age | birth date | date of birth | birthdate | birthday | dob | birth year | year of birth | birth month
        | postcode | post code | postal code | zip | zip code | zipcode
    """,
    "demographic": """
        sex | gender | male | female | males | females | boy | girl | boys | girls | =man | =woman | =men |
        =women | =m f | transgender | nonbinary | non binary | pronouns | lgbt | lgbtq | sexual orientation |
        birthplace | birth place | place of birth | country of birth | born in | born abroad | address |
        home address | nationality | nacionality | citizenship | citizen | national origin | immigration status
        | =visa | =international | =foreign | foreigner | foreign born | foreign student | foreign national |
        immigrant | migrant | refugee | asylum seeker | migration background | newcomer | traveller | gypsy roma
        | ethnicity | ethnic group | ethnic | ethnic minority | race | =asian | asian american | south asian |
        east asian | =black | black african | black caribbean | african american | black or african american |
        =white | white british | caucasian | hispanic | hisp | latino | latina | latinx | native american |
        american indian | alaska native | pacific islander | native hawaiian | =native | indigenous | aboriginal
        | torres strait | first nations | maori | =mixed | mixed race | multiracial | biracial | minority | urm
        | underrepresented | bame | person of color | people of color | person of colour | caste |
        scheduled caste | scheduled tribe | sc st | tribe | religion | religious | faith | language |
        mother tongue | native language | first language | home language | native speaker | spoken at home | eal
        | ell | esl | lep | english learner | english language learner | english as an additional language |
        english as a second language | limited english | disability | disabled | special needs |
        special educational needs | special education | special ed | sped | sen | =send | send status |
        send provision | send support | send code | sen support | ehcp | ehc plan | iep | =504 | 504 plan |
        section 504 | adhd | autism | autistic | dyslexia | dyslexic | fsm | ever 6 | free school meal |
        free school meals | free meal | free meals | pupil premium | =pp | free lunch | reduced lunch |
        free reduced lunch | free or reduced lunch | free and reduced lunch | free reduced price lunch |
        reduced price lunch | frl | frpl | =title i | =title 1 | low income | imd | idaci |
        economically disadvantaged | disadvantaged | homeless | looked after | =lac | in care | care leaver |
        foster care | young carer | service child | pregnant | marital status | parents status | parental status
        | parent status | pstatus
    """,
    "circumstances": """
        famsize | family size | medu | fedu | mjob | fjob | guardian | income | household income | lunch |
        parental level of education | parental education | mother education | father education | scholarship |
        first generation | first gen | single parent | socioeconomic | socio economic | ses
    """,
    "personal": """
        name | first name | last name | full name | student name | surname | forename | firstname | lastname |
        email | e mail | mail | phone | telephone | mobile | name of student | =student | =pupil | =learner
    """,
    "id": """
        id | student id | pupil id | studentid | uuid | guid | student number | student no | pupil number |
        registration number | roll number | roll no | index | ssn
    """,
    "number": "number | no | nr | num | n | row | line",
    "period": "year | school year | academic year | term | semester | trimester | quarter | session | cohort",
    "good_end": """
        pass | passed | passes | passing | success | successful | succeed | succeeds | succeeded | approved |
        graduate | graduates | graduated | graduation | complete | completes | completed | completion |
        completer | finished | promoted | promotion | admitted | admission | accepted | qualified | qualifies |
        certified | proficient | satisfactory | competent | achieved | attained | enrolled | persisted |
        persistence | placed | eligible | cleared | on track | low risk | =met | =good | =present | =merit |
        =distinction | =credit | =honours | =honors
    """,
    "bad_end": """
        fail | fails | failed | failing | failure | failures | drop out | drops out | dropout | dropouts |
        dropped | dropped out | at risk | risk | high risk | withdraw | withdraws | withdrawn | withdrew |
        withdrawal | repeat | repeats | repeated | repeater | repeating | held back | retained in grade |
        grade retention | absent | expelled | suspended | excluded | =left | left school | left early |
        left course | early leaver | school leaver | leaver | truant | unsuccessful | incomplete | noncompleter
        | noncompletion | attrition | churn | churned | dismissed | discontinued | terminated | quit |
        struggling | underperforming | probation | resit | retake | rejected | =refused | =refer | =referred |
        denied | unsatisfactory | insufficient | ineligible | dnf | did not finish | no show | =drop | =bad |
        =poor
    """,
    "more_is_better": """
        attendance | attended | presence | =hours | study hours | hours studied | hours of study | study time |
        studytime | points | score | scores | mark | marks | gpa | cgpa | quiz | quizzes | percentage | correct
        | participation | homework | assignments | submitted | submissions | completed | credits | approved
    """,
    "less_is_better": """
        absence | absences | absent | absenteeism | missed | missing | skipped | unexcused | unauthorised | late
        | lateness | tardy | tardies | tardiness | truancy | failed | fails | failure | failures | errors |
        mistakes | wrong | detention | detentions | suspension | suspensions | exclusions | incidents | demerits
        | referrals | warnings | retakes | resits | repeats | lost | deducted | overdue | penalty | penalties |
        stress | anxiety | depression
    """,
    "mark": """
        mark | marks | grade | grades | score | scores | gpa | cgpa | quiz | test |
        exam | midterm | g1 | g2 | previous | prior
    """,
}
