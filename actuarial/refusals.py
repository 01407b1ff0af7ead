"""What an error says, in the language of who reads it."""

from actuarial.errors import BadInput
from actuarial.translation import language as spoken
from actuarial.translation import message_of, told


def refusal(error: BaseException, language: str = "en", locale: str | None = None) -> str:
    """What an error says, in another language.

    Parameters
    ----------
    error : exception that the library has raised
    language : {"en", "fr", "es"}
    locale : language and country whose numbers are written, such as `es_MX`

    Returns
    -------
    str
        Refusals of laws, bases, workbooks, files of data and commands are told in every language; what only a program
        can do wrong is told in English.

    Raises
    ------
    BadInput
        What is no exception, a language that the library does not speak, or a locale that does not exist or is of
        another language.

    Examples
    --------
    >>> from actuarial.errors import BadInput
    >>> from actuarial.readers import read_tidy
    >>> try:
    ...     read_tidy("deaths.csv", decimal=";")
    ... except BadInput as error:
    ...     print(refusal(error, "es"))
    decimal: escriba "." o ",", u omítalo (se encontró ';').
    """
    if not isinstance(error, BaseException):
        raise BadInput(f"error: give the exception that was raised (got {type(error).__name__}).")
    return told(message_of(error), spoken(language, locale))
