"""What the library says when something is wrong: each message tells what, where, how many and what to do."""


class ActuarialError(Exception):
    """Any refusal of this library."""


class BadInput(ActuarialError, ValueError):
    """An argument or a number that cannot be meant."""


class MissingVariable(BadInput):
    """A Dataset lacks a variable that the calculation needs."""


class BadDimensions(BadInput):
    """Dimensions or labels that do not fit the vocabulary or each other."""


class OutOfBounds(BadInput):
    """Numbers outside what the vocabulary allows, NaN among them."""


class BadBasis(BadInput):
    """A basis whose parts contradict each other, or that cannot be read."""


class BadScheme(BadInput):
    """A law that cannot be meant."""


class BadWorkbook(BadBasis, BadScheme):
    """A workbook of inputs that cannot be read, or cells of it that cannot be meant: each mistake with its cell."""


class NoSolution(ActuarialError):
    """No value that may be tried meets a condition."""


class IdentityFailed(ActuarialError):
    """An accounting identity does not hold: the result must not be used."""
