"""Standards: Convention No. 102 and the instruments after it, article by article, as figures beside figures."""

from actuarial.standards.verdicts import LABELS, Message, Verdict, all_of, any_of, leaves, message, with_notes

__all__ = ["LABELS", "Message", "Verdict", "all_of", "any_of", "leaves", "message", "with_notes"]
