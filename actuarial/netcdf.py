"""Which kind of netCDF can be written here: netCDF-4 where h5netcdf and, below it, h5py are installed."""

from importlib.util import find_spec

LACKING = "reading netCDF-4 needs h5netcdf and h5py. Install them: pip install 'actuarial[data]'."
"""What to say where a file cannot be read for want of them."""


def has_netcdf4() -> bool:
    """Whether files are netCDF-4; they are netCDF-3 otherwise."""
    return all(find_spec(name) is not None for name in ("h5netcdf", "h5py"))
