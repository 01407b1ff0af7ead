"""What the family of one deceased member is paid under an agreement, person by person; no code of the library."""

EPS = 1e-9


def totalised_family(
    own, abroad, *, needed, earnings, accrual, limits, longest, exported, spouse, children, maximum,
    widow_share=0.5, child_share=0.2,
):  # fmt: skip
    """Amount to each survivor by benefit; a pension of the deceased of 30% and `accrual` for each year above five."""

    def pension(years):
        share = 0.3 + accrual * max(0.0, years - 5.0)
        return min(max(share * earnings, limits[0]), limits[1]), share

    def of_family(amount):
        paid = {}
        if spouse:
            paid["widows"] = widow_share * amount
        if children:
            each = child_share
            if maximum is not None:
                left = max(0.0, maximum - (widow_share if spouse else 0.0))
                each = min(child_share, left / children)
            paid["orphans"] = each * amount
        return paid

    alone = own >= needed - EPS
    counted = min(own + abroad, longest) if longest is not None else own + abroad
    rata = min(1.0, own / counted) if counted > 0.0 else 0.0
    agreed = abroad > 0 and own >= 1.0 - EPS and own + abroad >= needed - EPS
    if agreed and alone:
        agreed = pension(counted)[1] * rata > pension(own)[1] * (1.0 + 1e-12)
    if agreed:
        return {f"totalised_{name}": value for name, value in of_family(exported * rata * pension(counted)[0]).items()}
    return of_family(pension(own)[0]) if alone else {}
