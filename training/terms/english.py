"""The words of English headers: British, and of the United States."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        age | birth date | date of birth | birthdate | birthday | dob | birth year | year of birth | birth month |
        postcode | post code | postal code | zip | zip code | zipcode | yob | d o b | y o b | age at test | age at
        testing | age at exam | term time address | eircode | =born | =birth | month of birth | =city | =town |
        =hometown | home town | =suburb | =ward | =street | =country | country of residence | place of residence | home
        region | home county | =residence | place of origin | urban rural | rural urban | =urban | =rural |
        neighbourhood | neighborhood | =body weight | weight kg | height cm | bmi |
        birth yr | =county | =postal | post town | lsoa
    """,
    "demographic": """
        sex | gender | male | female | males | females | boy | girl | boys | girls | =man | =woman | =men | =women | =m
        f | transgender | nonbinary | non binary | pronouns | lgbt | lgbtq | sexual orientation | birthplace | birth
        place | place of birth | country of birth | born in | born abroad | address | home address | nationality |
        nacionality | citizenship | citizen | national origin | immigration status | =visa | =international | =foreign |
        foreigner | foreign born | foreign student | foreign national | immigrant | migrant | refugee | asylum seeker |
        migration background | newcomer | traveller | gypsy roma | ethnicity | ethnic group | ethnic | ethnic minority |
        race | =asian | asian american | south asian | east asian | =black | black african | black caribbean | african
        american | black or african american | =white | white british | caucasian | hispanic | hisp | latino | latina |
        latinx | native american | american indian | alaska native | pacific islander | native hawaiian | =native |
        indigenous | aboriginal | torres strait | first nations | maori | =mixed | mixed race | multiracial | biracial |
        minority | urm | underrepresented | bame | person of color | people of color | person of colour | caste |
        scheduled caste | scheduled tribe | sc st | tribe | religion | religious | faith | language | mother tongue |
        native language | first language | home language | native speaker | spoken at home | eal | ell | esl | lep |
        english learner | english language learner | english as an additional language | english as a second language |
        limited english | disability | disabled | special needs | special educational needs | special education |
        special ed | sped | sen | =send | send status | send provision | send support | send code | sen support | ehcp |
        ehc plan | iep | =504 | 504 plan | section 504 | adhd | autism | autistic | dyslexia | dyslexic | fsm | ever 6 |
        free school meal | free school meals | free meal | free meals | pupil premium | =pp | free lunch | reduced lunch
        | free reduced lunch | free or reduced lunch | free and reduced lunch | free reduced price lunch | reduced price
        lunch | frl | frpl | =title i | =title 1 | low income | imd | idaci | economically disadvantaged | disadvantaged
        | homeless | looked after | =lac | in care | care leaver | foster care | young carer | service child | pregnant
        | marital status | parents status | parental status | parent status | pstatus | =f m | =m or f | =f or m | =m f
        x | country of origin | origin country | nonwhite | non white | native english speaker | english speaker |
        native english | english first language | non english | married | divorced | widowed | civil status |
        disabilities | impairment | impairments | impaired | learning difficulty | learning difficulties | learning
        difference | learning differences | additional needs | additional support needs | additional learning needs |
        aln | =asn | ppg | =cla | service premium | service family | service pupil | military family | armed forces |
        disadvantage | low ses | low socioeconomic | deprivation | deprived | imd score | idaci score | people of colour
        | poc | =muslim | =islam | =christian | =catholic | =protestant | =jewish | =hindu | =sikh | =buddhist |
        =orthodox | =atheist | =obc | =sc | =st | esol | enl | eld | ehc | meal eligibility | free meals eligibility |
        fsm eligible | asylum | unaccompanied minor | gypsy | roma | irish traveller | bipoc | aapi | eal status |
        multilingual | bilingual | =origin | ancestry | heritage | skin colour | skin color | adopted | in foster care |
        child in need | =cin | child protection | special educational need | mental health | chronic illness | =sen d |
        first nation | two or more races | birth country | passport | swd | =cic | atsi | sexual preference | =veteran |
        wheelchair | medicaid | food stamps | =military | military child | military connected | military dependent |
        =poverty | below poverty | poverty status | displaced | pell | fafsa | orphan | orphaned | ward of court |
        =children | number of children | =dependents | =dependants | blood group | blood type | giep | english learners
        | eng learner | first language code | byrace | bysex | immig | langn | st004d01t | =residency | residency status
        | home country | tribal | skin tone | assigned sex | legal sex | lang at home | language at home | itsex |
        preferred pronoun | first lang | firstlang | =el | =pp eligible | pupil prem | econ disadv | econdis |
        =f r lunch | =free reduced | mckinney vento | =marital | lbote | nesb | =g t | =pwd | =bpl | =ews | =quota |
        =domicile | intl student | visa type | =domestic international | =home overseas | fee status | polar4 |
        tundra | care experienced | =estranged
    """,
    "circumstances": """
        famsize | family size | medu | fedu | mjob | fjob | guardian | income | household income | lunch | parental
        level of education | parental education | mother education | father education | scholarship | first generation |
        first gen | single parent | socioeconomic | socio economic | ses | mother | father | mum | mom | dad | parent |
        parents | parental | household | housing | siblings
    """,
    "personal": """
        name | first name | last name | full name | student name | surname | forename | firstname | lastname | email | e
        mail | mail | phone | telephone | mobile | name of student | middle name | maiden name | preferred name | legal
        name | given name | family name | christian name | known as | username | user name | display name | nickname |
        last name first name | first name last name | parent name | parents name | father name | mother name | guardian
        name | father s name | mother s name | parent s name | tel | telephone number | phone number | cell phone |
        cellphone | =cell | mobile number | contact number | emergency contact | whatsapp | fax | =student | =pupil |
        =learner | =students | last first | =initials | =contact | preferred first name | legal surname |
        sname | fname | lname | mname | stud name |
        =first | =last | =given | student first | student last | pupil first | pupil last | =signature
    """,
    "id": """
        id | student id | pupil id | studentid | uuid | guid | student number | student no | pupil number | registration
        number | roll number | roll no | ssn | =index | index number | index no | student index | upn | uln | usn | nhs
        number | admission number | admission no | candidate number | user id | candidate no | seat no | seat number |
        enrollment no | enrolment no | enrollment number | enrolment number | =prn | =lrn | =emis | aadhaar | student
        key | stu key | student code | pupil code | student nr | learner number | learner no | register no | register
        number | reg no | reg number | hall ticket | admission nr | =sid | =uid | =pid | adm no | adm number | idstud |
        dcid | adno | =admission | stud no | ssid | lasid | sasid | =exam no | =exam number | =candidate | cand no |
        =uci | emplid | matric no | matriculation number | rec no | record no | respondent | =participant |
        case number | barcode | =badge | card number | =library card | =hash | pseudonym
    """,
    "number": """
        number | no | nr | num | n | row | line | row number | row no | row nr | line number | line no | sr no | sl no |
        s no | serial number | serial no
    """,
    "period": "year | school year | academic year | term | semester | trimester | quarter | session | cohort",
    "good_end": """
        pass | passed | passes | passing | success | successful | succeed | succeeds | succeeded | approved | graduate |
        graduates | graduated | graduation | complete | completes | completed | completion | completer | finished |
        promoted | promotion | admitted | admission | accepted | qualified | qualifies | certified | proficient |
        satisfactory | competent | achieved | attained | enrolled | persisted | persistence | placed | eligible |
        cleared | on track | low risk | =met | =good | =present | =merit | =distinction | =credit | =honours | =honors |
        persist | persists | meets standard | met standard | meets standards | meets expectations | exceeds expectations
        | above benchmark | stayed
    """,
    "bad_end": """
        fail | fails | failed | failing | failure | failures | drop out | drops out | dropout | dropouts | dropped |
        dropped out | at risk | risk | high risk | withdraw | withdraws | withdrawn | withdrew | withdrawal | repeat |
        repeats | repeated | repeater | repeating | held back | retained in grade | grade retention | absent | expelled
        | suspended | excluded | =left | left school | left early | left course | early leaver | school leaver | leaver
        | truant | unsuccessful | incomplete | noncompleter | noncompletion | attrition | churn | churned | dismissed |
        discontinued | terminated | quit | struggling | underperforming | probation | resit | retake | rejected |
        =refused | =refer | =referred | denied | unsatisfactory | insufficient | ineligible | dnf | did not finish | no
        show | =drop | =bad | =poor | unenrolled | deenrolled | disenrolled | disqualified | deregistered | unqualified
        | unpromoted | unaccepted | uncertified | dropping out | needs improvement | requires improvement | needs
        support | needs intervention | needs help | intervention needed | support needed | in danger | off track |
        stopout | stop out | stopped out | left university | left college | left program | left programme | backlog |
        backlogs | arrear | arrears | atkt | reappear | re appear | re sit | reattempt | underachiever | underachieving
        | underperformer | low performer | low achiever | discontinue | nongraduate | =detained | academic warning |
        delinquent
    """,
    "more_is_better": """
        attendance | attended | presence | =hours | study hours | hours studied | hours of study | study time |
        studytime | points | score | scores | mark | marks | gpa | cgpa | quiz | quizzes | percentage | correct |
        participation | homework | assignments | submitted | submissions | completed | credits | approved |
        attend | days present | raised hands | raisedhands | visited resources |
        merits | rewards | units passed | exams passed | courses passed | percentile rank | rank percentile
    """,
    "less_is_better": """
        absence | absences | absent | absenteeism | missed | missing | skipped | unexcused | unauthorised | late |
        lateness | tardy | tardies | tardiness | truancy | failed | fails | failure | failures | errors | mistakes |
        wrong | detention | detentions | suspension | suspensions | exclusions | incidents | demerits | referrals |
        warnings | retakes | resits | repeats | lost | deducted | overdue | penalty | penalties | stress | anxiety |
        depression |
        unauth | abs | lates | negative | backlog | backlogs | arrear | arrears | zeros | unsubmitted | inactive
        | days since | not handed in | low | poor | lack | below | incomplete | owed | gap | gaps | concerns |
        credits outstanding | rank | =ranking
    """,
    "increase": """
        attendance | attendances | attended | presence | participation | =hours | study hours | hours studied | hours of
        study | hours studying | study time | studytime | weekly study time | time spent studying | self study |
        revision | revision hours | hours of revision | practice | practice hours | practice tests | homework |
        homeworks | home work | assignments | coursework submitted | handed in | turned in | submitted | submissions |
        tutoring | tutored | mentoring | extra lessons | extra classes | extra help | extra support | paid classes |
        private lessons | private tuition | school support | schoolsup | learning support | remedial classes | study
        group | study groups | office hours | test preparation | test prep | exam preparation | exam prep | engagement
    """,
    "decrease": """
        absence | absences | absent | absenteeism | missed | missing | skipped | skipping | unexcused | unauthorised |
        unauthorized | late | lateness | tardy | tardies | tardiness | truant | truancy | overdue | screen time |
        screentime | screen hours | gaming | video games | social media | =tv | tv hours | television | phone use |
        phone hours | going out | goout | alcohol | dalc | walc | procrastination
    """,
    "actionable": """
        sleep | sleeping | hours slept | bedtime | bed time | breakfast | free time | freetime | leisure |
        extracurricular | extra curricular | after school activities | =activities | part time job | job hours | hours
        worked | work hours
    """,
    "immutable": """
        travel | traveltime | commute | commuting | journey | distance | transport | transportation | way to school |
        past | previous | previously | prior | earlier | former | last year | last term | last semester | history |
        failure | failures | failed | fails | resits | retakes | repeats | repeated | credits | average grade | grade
        average | reason | excused | authorised | authorized | sick | sickness | ill | illness | medical | hospital |
        health | parent | parents | mother | father | mum | mom | dad | family | sibling | siblings | household |
        guardian | teacher | teachers | instructor | staff | nursery | kindergarten | fee | fees | payment | payments |
        late registration | late entry | late enrolment | late enrollment | late joiner | late starter | joined late |
        size | type
    """,
    "mark": """
        mark | marks | grade | grades | score | scores | gpa | cgpa | quiz | test | exam | midterm | g1 | g2 | points |
        exams | tests | quizzes | coursework | =previous | =prior | prior attainment | previous attainment | prior
        achievement
    """,
    "group": """
        =class | =form | =section | =group | =division | =set | =stream | =grade section | class id | class name | class
        code | class group | reg group | registration group | form group | form class | tutor group | homeroom | home
        room | teaching group | section id | group id | =reg
    """,
    "other_sense": """
        race time | race times | race condition | race conditions | race position | race distance | race day | race
        result | race results | relay race | running race | programming | coding language | body language | sign
        language | language of instruction | language arts | language lab | language course | language class | language
        lesson | language lessons | account | accounts | device | browser | notifications | comments | javascript | sped
        up | file | files | submission | submissions | attended | meetings | goals | teacher | teachers | instructor |
        instructors | professor | lecturer | lecturers | staff | studies | education | sex ed | paradox | board | app |
        apps | methods | logins | clicks | visits | ratio | trips | hand | citizen science | reading age | spelling age
        | mental age | email address | e mail address | mail address | ip address | web address | mac address | music
        genre | book genre | film genre | birthday problem | project | projects | essay | essays | club | basketball |
        football | hockey | soccer | zip drive | race pace | volunteering | awareness | textbook | keyboard | loss |
        data
    """,
    "thing": """
        course | courses | school | schools | class | section | module | subject | test | exam | quiz | assignment |
        assessment | lesson | unit | topic | book | project | team | room | programme | program | campus | department |
        district | reading | group | session | device | file | question | item | task | activity | event | club | term |
        house | city | street | country | brand
    """,
    "doubt": """
        didn t | doesn t | don t | won t | wasn t | weren t | isn t | aren t | hasn t | haven t | hadn t | can t |
        couldn t | wouldn t | shouldn t | mightn t | needn t | mustn t | ain t | cannot | unable | below | beneath |
        under | less | lower | low | little | minimal | reduced | partial | partially | partly | missed | misses |
        missing | miss | avoided | avoid | avoids | avoiding | prevented | averted | escaped | free | unlikely | likely
        | expected | predicted | possible | impossible | possibly | probably | perhaps | maybe | might | could | should
        | would | withheld | deferred | delayed | postponed | pending | blocked | barred | revoked | cancelled |
        canceled | forfeited | lacking | lacks | lack | lost | nearly | almost | hardly | barely | scarcely | rarely |
        seldom | nothing | nobody | none | neither | nor | yet to | far from | instead | unless | except | conditional |
        conditionally | provisional | provisionally | reversed | inverse | inverted | negated | opposite | overturned |
        resolved | overcome | un | dis | short of | falls short | fell short | repeat visit | repeat visits | stopped |
        stops | too few | too many | saved from | anything but | refused | refusal | away from | behaviour points |
        behavior points | late | prob | probability | chance | prevention | remedial | remediation | intervention | for
        help | for support | for tutoring | to hospital |
        exempt | exempted | exemption | off probation | off academic probation | immune | safe from | rescued |
        protected | annulled | void | voided | waived | appealed | borderline | compromised | jeopardised |
        jeopardized | in doubt | questionable | threatened | endangered | uncertain | other than | rather than |
        excluding | anti | loss of | clear of | out of danger | declined | disputed | stripped
    """,
    "remark": """
        comment | comments | remark | remarks | teacher comment | teacher comments | teacher remarks | teacher notes |
        additional notes
    """,
}
