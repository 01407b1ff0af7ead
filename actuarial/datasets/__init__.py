"""The embedded country: an invented basis and schemes that show every input."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from actuarial.errors import BadInput

if TYPE_CHECKING:
    import xarray as xr

FOLDER = Path(__file__).parent
LAWS = {"demo": "demo/scheme.toml", "demo health": "demo/health.toml"}
"""File of the law of each embedded country; its basis lies beside it."""
NAMES = tuple(LAWS)


class Country(NamedTuple):
    """Basis and scheme of an embedded country."""

    basis: "xr.Dataset"
    scheme: Any  # Scheme or HealthScheme


def open(name: str = "demo") -> Country:
    """Basis and scheme of an embedded country.

    Parameters
    ----------
    name : "demo" or "demo health"
        An invented middle-income country of four million, with a partially funded pension scheme or with its national
        health insurance. Both have the same basis, and everything about them is in its SOURCE.md.

    Returns
    -------
    Country
        `basis` (Dataset) and `scheme` (Scheme, or HealthScheme); it unpacks into the two.

    Raises
    ------
    BadInput
        No such country.

    Examples
    --------
    basis, scheme = open("demo")
    basis, health = open("demo health")
    """
    from actuarial import open_basis, open_scheme

    return Country(_read(open_basis, folder(name)).copy(deep=True), open_scheme(law(name)))


@cache
def _read(reader: Callable[[Path], "xr.Dataset"], home: Path) -> "xr.Dataset":
    """The basis of a folder of this package, whose files do not change; whoever opens it gets a copy of his own."""
    return reader(home / "basis")


def folder(name: str) -> Path:
    """Folder of an embedded country; errors as `open`."""
    return law(name).parent


def law(name: str) -> Path:
    """File of the law of an embedded country; errors as `open`."""
    if name not in LAWS:
        raise BadInput(f"datasets: {name!r} is not embedded; the names are {', '.join(NAMES)}.")
    return FOLDER / LAWS[name]
