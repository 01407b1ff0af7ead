"""The public surface: what it is, and that every name is there."""

import actuarial

NAMES = """
ActuarialError BadBasis BadDimensions BadInput BadScheme IdentityFailed MissingVariable NoSolution OutOfBounds Scheme
by_age by_cohort by_group by_sex compare datasets demography ensemble explain health labour life_table money open_basis
open_run open_scheme pension person_benefits project project_finance project_health project_insured project_pensions
project_population ramp readers reconcile refusal register_form report save_basis save_scheme scenarios sensitivity
solve standards step studies valuation value variable warnings_of
""".split()


def test_public_names():
    assert actuarial.__all__ == NAMES
    listed = dir(actuarial)
    assert {*NAMES} <= {*listed}
    assert len(listed) == len({*listed})
    assert not {"Any", "TYPE_CHECKING", "import_module"} & {*listed}
    assert dir(actuarial.report) == actuarial.report.__all__
    for name in NAMES:
        assert getattr(actuarial, name) is not None


def test_names_of_demography():
    demography = actuarial.demography
    assert demography.__all__ == sorted(demography._PLACES)
    assert dir(demography) == demography.__all__
    for name in demography.__all__:
        assert getattr(demography, name).__doc__ or name.isupper()
