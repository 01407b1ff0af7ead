"""What tests of reports share: answers of functions that are asked again for the same objects."""

import pytest

from actuarial.remembered import remembering


@pytest.fixture(autouse=True, scope="module")
def one_run():
    """The tests of a file ask as a report does that is written in one go: nobody changes what they ask for."""
    with remembering():
        yield
