"""The parser of the command line in the language of its reader: help, and what it tells of wrong words."""

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from itertools import pairwise, takewhile
from typing import Any, NoReturn

from actuarial.translation import LANGUAGES, N_, Language, language_of_environment

FAULT = N_("argument {name}: {fault}")
NO_YEAR = N_("{word} is no year; write a whole number, such as 2100")
FAULTS = (
    FAULT,
    N_("the following arguments are required: {names}"),
    N_("unrecognized arguments: {words}"),
    N_("invalid choice: {word} (choose from {choices})"),
    NO_YEAR,
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("expected {count} arguments"),
    N_("ambiguous option: {word} could match {names}"),
    N_("ignored explicit argument {word}"),
)
"""What the parser tells of words in English, with places for them."""


class Parser(argparse.ArgumentParser):
    """A parser whose help and refusals are in a language; what stands in its help is in that language already."""

    def __init__(self, say: Language, **rest: Any) -> None:
        super().__init__(**rest, add_help=False, formatter_class=partial(_Help, say))
        self.say = say
        self._given = self.add_argument_group(say("arguments"))
        self._options = self.add_argument_group(say("options"))
        self.add_argument("-h", "--help", action="help", help=say("show this help and end"))

    def add_argument(self, *names: Any, **rest: Any) -> argparse.Action:
        """Take a word or an option, each among its kind."""
        group = self._options if names[0].startswith("-") else self._given
        return group.add_argument(*names, **rest)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read words, of which an option that there is not is told first."""
        for word in takewhile(self._is_own, args):
            name = word.partition("=")[0]
            if len(name) > 2 and name.startswith("--") and not any(one.startswith(name) for one in self._names()):
                self.error(self._unknown(name))
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, and how they are used, and end."""
        self.print_usage(sys.stderr)
        text = fault(message, self.say)
        self.exit(2, f"{self.prog}: {text if text.endswith('?') else f'{text}.'}\n")

    def _is_own(self, word: str) -> bool:
        """Whether a word stands before `--`, and before a command if there are commands."""
        return word != "--" and (self._subparsers is None or word.startswith("-"))

    def _names(self) -> list[str]:
        return [name for name in self._option_string_actions if name.startswith("--")]

    def _unknown(self, name: str) -> str:
        """What is said of an option that there is not: the nearest one, or which there are."""
        names = self._names()
        close = get_close_matches(name, names, n=1)
        if close:
            return self.say(N_("the option {name} is unknown; did you mean {close}?"), name=name, close=close[0])
        if self._subparsers is not None:
            return self.say(N_("the option {name} is unknown here; options of a command stand behind it"), name=name)
        return self.say(N_("the option {name} is unknown; the options are {names}"), name=name, names=", ".join(names))


class _Help(argparse.HelpFormatter):
    """Help whose first word is in a language."""

    def __init__(self, say: Language, **rest: Any) -> None:
        super().__init__(**rest)
        self.say = say

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, self.say("usage: ") if prefix is None else prefix)


def fault(message: str, say: Language) -> str:
    """What the parser of Python tells in English, in a language where it is known."""
    for text in FAULTS:
        found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), message)
        if found:
            parts = found.groupdict()
            return say(text, **(parts | {"fault": fault(parts["fault"], say)} if text is FAULT else parts))
    return message


def year(word: str) -> int:
    """A word as a year."""
    try:
        return int(word)
    except ValueError:
        raise argparse.ArgumentTypeError(NO_YEAR.format(word=repr(word))) from None


def language_of_words(words: Sequence[str]) -> Language:
    """The language that words of a command line name, if it is one of the library's, else that of the environment."""
    for word, after in pairwise([*words, ""]):
        option, equals, code = word.partition("=")
        code = code if equals else after
        if option == "--language" and code in LANGUAGES:
            return Language(code, code)
    return language_of_environment()


def add_language(command: Parser, say: Language, text: str | None = None) -> None:
    """The options for the language of what a command prints and writes, and for its country."""
    text = say("en, fr or es; by default that of the environment") if text is None else text
    command.add_argument("--language", metavar=say("CODE"), help=text)
    text = say("country whose numbers are written, such as es_MX")
    command.add_argument("--locale", metavar=say("CODE"), help=text)
