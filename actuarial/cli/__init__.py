"""The command line: `actuarial COMMAND ...`; `actuarial --help` lists the commands."""

import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

from actuarial.cli.commands import parser
from actuarial.cli.parsing import language_of_words
from actuarial.cli.workbooks import spoken
from actuarial.errors import ActuarialError, IdentityFailed
from actuarial.translation import Told, message_of, told, why

BAD_INPUT, IDENTITY_FAILED, INTERRUPTED, PIPE_CLOSED = 2, 3, 130, 141
SELDOM = (50_000, 20, 100)  # a command leaves few cycles: looking for them less often saves a tenth of its time


def command() -> int:
    """The process of a command, which uses no dask: without it there, xarray asks no array whether it is one of dask's.

    The question alone imports it, which takes a quarter of a second. As much is saved at the end, where Python would
    look through all that there is for what may be let go.
    """
    modules: dict[str, Any] = sys.modules
    modules.setdefault("dask", None)
    try:
        return main()
    finally:
        gc.freeze()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the name of the program; by default those of the process.

    Returns
    -------
    int
        0; 2 for input that cannot be meant, 3 for a failed identity or other numbers, 130 for an interruption.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without the letters of a name shows a question mark
    try:
        say = language_of_words(words)
    except ActuarialError as error:
        return _refused(message_of(error), BAD_INPUT)
    arguments = parser(say).parse_args(words)
    arguments.words, arguments.say = ["actuarial", *words], say
    often = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        status = arguments.run(arguments)
        sys.stdout.flush()
    except IdentityFailed as error:
        return _refused(told(message_of(error), spoken(arguments)), IDENTITY_FAILED)
    except ActuarialError as error:
        return _refused(told(message_of(error), spoken(arguments)), BAD_INPUT)
    except KeyboardInterrupt:
        return _refused(arguments.say("interrupted; no file is half-written."), INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        place = error.filename or Told("the system")
        return _refused(Told("{place}: {error}.", place=place, error=why(error)).said(spoken(arguments)), BAD_INPUT)
    finally:
        gc.set_threshold(*often)
    return status or 0


def _refused(error: object, status: int) -> int:
    print(f"actuarial: {error}", file=sys.stderr)
    return status
