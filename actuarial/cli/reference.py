"""Commands that look something up: a variable of the vocabulary, a form of scheme files, their JSON Schema."""

import argparse


def explain_variable(arguments: argparse.Namespace) -> None:
    """Print what a variable, a form or a table is, or a line on each variable, or on each form."""
    from actuarial.form_pages import explain, forms_listed
    from actuarial.vocabulary import variables

    if arguments.name:
        print(explain(arguments.name))
        return
    if arguments.forms:
        print(forms_listed())
        return
    rows = [(row.name, row.symbol, row.units or "1", row.meaning) for row in variables().values()]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]))


def print_schema(arguments: argparse.Namespace) -> None:
    """Print the JSON Schema of scheme files."""
    import json

    from actuarial.schema import json_schema

    print(json.dumps(json_schema("health" if arguments.health else "pension"), indent=2, ensure_ascii=False))
