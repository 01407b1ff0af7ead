"""Reports that lie in the folder of a run and were made of another one, which nobody should read as its report."""

import sys
from pathlib import Path


def tell_stale(home: Path) -> None:
    """Say on stderr which reports in the folder of a run are of another run, if any; and how to make them again."""
    from actuarial.readers.runs import read_manifest
    from actuarial.report.origin import stale_reports

    found = stale_reports(home, read_manifest(home))
    if not found:
        return
    formats = ",".join(dict.fromkeys(path.suffix[1:] for path in found))
    languages = list(dict.fromkeys(path.stem.removeprefix("report_") for path in found))
    again = " and ".join(f"actuarial report {home} --format {formats} --language {code}" for code in languages)
    listed, them = ", ".join(map(str, found)), "it" if len(found) == 1 else "them"
    fault = f"actuarial: {listed}: not made of the run that is now in {home}."
    print(f"{fault}\n  Make {them} again ({again}), or remove {them}.", file=sys.stderr)
