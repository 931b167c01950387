"""What is said of a student: a label, whether it is decided, and how much at risk that makes the student."""

from typing import NamedTuple

from registry.contract.conformal import UNCERTAIN

AT_RISK, NOT_SURE, NO_SIGN = RISK_LEVELS = ("at risk", "not sure", "no sign")
# Rules of the threshold by which a school has said whom it helps: whoever is not above it is at risk then, since to
# call most of them "not sure" would take back what was chosen.
SAYS_WHOM_TO_HELP = ("help", "cost_ratio")


class Verdict(NamedTuple):
    """What is said of a student.

    Attributes:
        label: What is answered.
        decision: The label, or `uncertain`; None where the version does not decide.
        risk_level: One of RISK_LEVELS.
    """

    label: str
    decision: str | None
    risk_level: str


Verdicts = tuple[Verdict, Verdict, Verdict, Verdict]


def every_verdict(labels: tuple[str, str], rule: str, *, decides: bool) -> Verdicts:
    """All that a version can say of a student, at (the label is the positive one) + 2 * (the decision is uncertain).

    Where a decision is not uncertain it is the label: neither can contradict the other, nor the level either of them.

    Args:
        labels: Names of the negative and the positive one.
        rule: By which the threshold was chosen, as in the manifest's `decision`; `default` where nobody has chosen.
        decides: Whether the version decides; where not, nothing is uncertain.
    """
    (negative, positive), decided = labels, decides or None
    below = AT_RISK if rule in SAYS_WHOM_TO_HELP else NOT_SURE
    return (
        Verdict(negative, decided and negative, AT_RISK),
        Verdict(positive, decided and positive, NO_SIGN),
        Verdict(negative, decided and UNCERTAIN, below),
        Verdict(positive, decided and UNCERTAIN, NOT_SURE),
    )
