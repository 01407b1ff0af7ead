"""Reports that lie in the folder of a run and were made of another one, which nobody should read as its report."""

import sys
from pathlib import Path

from actuarial.translation import Language


def tell_stale(home: Path, say: Language) -> None:
    """Say on stderr which reports in the folder of a run are of another run, if any; and how to make them again."""
    from actuarial.readers.runs import read_manifest
    from actuarial.report.origin import stale_reports

    found = stale_reports(home, read_manifest(home))
    if not found:
        return
    formats = ",".join(dict.fromkeys(path.suffix[1:] for path in found))
    languages = list(dict.fromkeys(path.stem.removeprefix("report_") for path in found))
    again = "; ".join(f"actuarial report {home} --format {formats} --language {code}" for code in languages)
    text = say(
        "{listed}: not made of the run that is now in {home}.\n  Make them again ({again}), or remove them.",
        listed=", ".join(map(str, found)),
        home=home,
        again=again,
    )
    print(f"actuarial: {text}", file=sys.stderr)
