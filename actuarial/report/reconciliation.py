"""The reconciliation with the previous valuation as a table: indicators by cause."""

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput

METHODS = {"sequential": "reconciliation", "shapley": "reconciliation_shapley"}
PREVIOUS, CURRENT = "previous valuation", "current valuation"


def reconciliation_table(found: xr.Dataset, method: str = "sequential") -> pd.DataFrame:
    """From the previous valuation to the current one, cause by cause.

    Parameters
    ----------
    found : Dataset of `reconcile`
    method : "sequential" or "shapley"

    Returns
    -------
    DataFrame
        A row for the previous valuation, one for each cause and one for the current valuation, which is their sum; a
        column for each quantity under its units. NaN where a quantity is missing in one of the runs.

    Raises
    ------
    BadInput
        A method that the Dataset does not have.

    Examples
    --------
    print(reconciliation_table(found).to_string())
    """
    name = METHODS.get(method)
    if name is None or name not in found:
        have = [word for word, variable in METHODS.items() if variable in found]
        raise BadInput(f"method: {method!r} is not in the reconciliation; it has {', '.join(have) or 'none'}.")
    parts = found[name].transpose("cause", "quantity").values
    ends = [found[end].values for end in ("reconciled_previous", "reconciled_current")]
    rows = [PREVIOUS, *map(str, found["cause"].values), CURRENT]
    heads = zip(map(str, found["quantity"].values), map(str, found["quantity_units"].values), strict=True)
    columns = pd.MultiIndex.from_tuples(list(heads), names=["quantity", "units"])
    return pd.DataFrame(np.vstack([ends[0], parts, ends[1]]), index=pd.Index(rows, name="cause"), columns=columns)
