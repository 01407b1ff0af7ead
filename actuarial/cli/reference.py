"""Commands that look something up: a variable of the vocabulary, a form of scheme files, their JSON Schema."""

import argparse

from actuarial.cli.workbooks import settle


def explain_variable(arguments: argparse.Namespace) -> None:
    """Print what a variable, a form or a table is, or a line on each variable, or on each form."""
    from actuarial.form_pages import explain, forms_listed
    from actuarial.vocabulary import variables

    settle(arguments)
    say = arguments.say
    if arguments.name:
        print(explain(arguments.name, language=say.code))
        return
    if arguments.forms:
        print(forms_listed(say))
        return
    known = variables().values()
    rows = [(row.name, row.symbol, say(row.units) if row.units else "1", say(row.meaning)) for row in known]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]))


def print_schema(arguments: argparse.Namespace) -> None:
    """Print the JSON Schema of scheme files."""
    import json

    from actuarial.schema import json_schema

    print(json.dumps(json_schema("health" if arguments.health else "pension"), indent=2, ensure_ascii=False))
