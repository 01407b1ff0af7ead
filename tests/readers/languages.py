"""What a reader refuses, said in the other languages."""

from contextlib import contextmanager

import pytest

from actuarial.refusals import refusal
from actuarial.translation import Told, message_of


def said_in_all(error):
    """Nothing of a refusal is without translation, and its texts are others in French and Spanish."""
    assert isinstance(message_of(error), Told), str(error)
    said = {refusal(error, code) for code in ("en", "fr", "es")}
    assert len(said) == 3
    for text in said - {str(error)}:
        assert not any(word in text for word in (" the ", " is ", " are ", " again")), text


@contextmanager
def refused(kind, match):
    """What `pytest.raises` does, of a refusal that is said in all languages."""
    with pytest.raises(kind, match=match) as caught:
        yield caught
    said_in_all(caught.value)
