"""Who is to be called at risk: what only people can choose, in three lines of what each choice would mean."""

from training.proposal.quoted import quoted

AS_IT_IS = "who is called at risk? as it is, whoever is likelier to fail than to pass; else, by one line of [decision]"


def help_in_words(share: float, num_rows: int) -> str:
    """How many that is of a table's rows, and who they are."""
    return f"there is help for {int(share * num_rows + 1e-9)} of {num_rows}: for those most at risk"


def choices(num_rows: int) -> list[str]:
    """Entries that a dataset file could have, one of them, each with what it would mean for a table of so many rows."""
    # A fifth of fewer than five is nobody.
    helped = [f"decision.help = 0.2  # {help_in_words(0.2, num_rows)}"] if num_rows >= 5 else []
    return [
        *helped,
        "decision.cost_ratio = 5  # to miss one who fails is as bad as to help five who would have passed",
        f"decision.threshold = 0.7  # whoever passes with a chance of 70 % or less is called {quoted('fail')}",
    ]
