"""What a header can say: the subjects that each language has words for; no words here."""

from collections.abc import Mapping
from typing import Literal

# age_or_place: who a student is, as amounts or numbers. demographic: the same as categories, and the support that
# comes with it; a column of many numbers under such a name is a mark, in a language or in religion. circumstances: of
# the family. personal: names, and ways to reach somebody. id: what numbers students. number: what numbers rows.
# period: when a row is of. good_end, bad_end: how it ended, also as a value. more_is_better, less_is_better: amounts
# that speak for or against a student. increase, decrease, actionable: what a student or the school can change, to
# more, to less, or either way. immutable: what nobody can, also where it is of such ("travel time", "absences last
# year", "excused"). mark: what was given for work. remark: what is said of a student in free text. group: whom a
# student learns with; next year's are others. other_sense: beside words of who a student is, tells that they mean
# something else ("race time"). thing: what has a name or an id and is no student. doubt: what leaves open how it
# ended, beside plain denials.
Subject = Literal[
    "age_or_place",
    "demographic",
    "circumstances",
    "personal",
    "id",
    "number",
    "period",
    "good_end",
    "bad_end",
    "more_is_better",
    "less_is_better",
    "increase",
    "decrease",
    "actionable",
    "immutable",
    "mark",
    "remark",
    "group",
    "other_sense",
    "thing",
    "doubt",
]
# Terms are lower case without accents, as `words` gives them, with "|" between; the words of a term stand one after the
# other in the header. One with "=" before it is the whole header or nothing: "white" is a group, "white board" is none.
Terms = Mapping[Subject, str]
