"""Declared facts: what somebody answers for, with the reason; never inferred from a scheme."""

from dataclasses import dataclass

from actuarial.errors import BadInput
from actuarial.standards.verdicts import DECLARED, Message, message


@dataclass(frozen=True, kw_only=True)
class Declared:
    """An answer that somebody gives, and why.

    Attributes
    ----------
    answer : bool
        Whether the requirement is met.
    reason : str
        Why, in the words of who declares it; it is shown as it is.
    """

    answer: bool | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.answer, bool):
            raise BadInput(f"answer: must be true or false (got {self.answer!r}).")
        if not isinstance(self.reason, str) or not self.reason.strip():
            raise BadInput(f"reason: is missing; say in words why the answer is {str(self.answer).lower()}.")

    def evidence(self) -> Message:
        """What the verdict rests on."""
        return message(DECLARED, reason=self.reason.strip())
