"""What a header can say."""

from collections.abc import Mapping
from typing import Literal

# age_or_place: who a student is, as amounts or numbers. demographic: the same as categories, and the support that comes
# with it; a column of many numbers under such a name is a mark, in a language or in religion. circumstances: of the
# family. personal: names, and ways to reach somebody. id: what numbers students. number: what numbers rows. period:
# when a row is of. good_end, bad_end: how it ended, also as a value. more_is_better, less_is_better: amounts that speak
# for or against a student. mark: what was given for work.
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
    "mark",
    "group",
]
# Terms are lower case without accents, as `words` gives them, with "|" between; the words of a term stand one after the
# other in the header. One with "=" before it is the whole header or nothing: "white" is a group, "white board" is none.
Terms = Mapping[Subject, str]
