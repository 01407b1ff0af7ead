"""The closed group in heavylight: remembered functions of t over vectors of model points, with lower-case names."""

from collections.abc import Callable, Mapping
from typing import Any

import heavylight
import numpy as np

from benchmarks.peers.model_points import model_points
from benchmarks.peers.protocol import serve

TOTALS = (
    "members", "payroll", "awards", "retired", "invalid", "widows", "paid_old_age", "paid_invalidity", "paid_widows",
)  # fmt: skip


class ClosedGroup(heavylight.Model):
    """Members, pensioners and survivors; nothing happens in year 0, which is the valuation date."""

    def age(self, t: int) -> Any:
        """Age on 31 December of year t."""
        return np.minimum(self.age_0 + t, self.last_age)

    def service(self, t: int) -> Any:
        """Years of service."""
        return np.minimum(self.service_0 + t, self.most_service)

    def row(self, t: int) -> Any:
        """Place of the age at the start of year t in the tables of members."""
        if t == 0:
            return 0.0
        return np.minimum(self.age(t - 1), self.oldest) - self.youngest

    def spouse_age(self, t: int) -> Any:
        """Age of the spouse."""
        return np.minimum(self.age_0 + t + self.spouse_gap, self.last_age)

    def deaths(self, t: int) -> Any:
        """Members who die in year t."""
        if t == 0:
            return 0.0
        return self.members(t - 1) * self.death_rate[t - 1, self.sex, self.row(t)]

    def invalids(self, t: int) -> Any:
        """Members who become invalid."""
        if t == 0:
            return 0.0
        return self.members(t - 1) * self.invalidity_rate[t - 1, self.sex, self.row(t)]

    def stayers(self, t: int) -> Any:
        """Members who neither die nor become invalid."""
        if t == 0:
            return 0.0
        return self.members(t - 1) - self.deaths(t) - self.invalids(t)

    def retirements(self, t: int) -> Any:
        """Members who retire."""
        if t == 0:
            return 0.0
        return self.stayers(t) * self.claim_share[0, self.sex, self.row(t), self.service(t - 1)]

    def claims_invalidity(self, t: int) -> Any:
        """Invalids with a right to a pension."""
        if t == 0:
            return 0.0
        return self.invalids(t) * self.claim_share[1, self.sex, self.row(t), self.service(t - 1)]

    def claims_death(self, t: int) -> Any:
        """Dead members who leave a pension."""
        if t == 0:
            return 0.0
        return self.deaths(t) * self.claim_share[2, self.sex, self.row(t), self.service(t - 1)]

    def amount_old_age(self, t: int) -> Any:
        """New pensions of the retired."""
        if t == 0:
            return 0.0
        return (
            self.stayers(t) * self.pension_rate[0, self.sex, self.row(t), self.service(t - 1)]
            * self.earnings[0, t - 1, self.sex, self.row(t)]
        )

    def amount_invalidity(self, t: int) -> Any:
        """New pensions of invalids."""
        if t == 0:
            return 0.0
        return (
            self.invalids(t) * self.pension_rate[1, self.sex, self.row(t), self.service(t - 1)]
            * self.earnings[1, t - 1, self.sex, self.row(t)]
        )

    def amount_death(self, t: int) -> Any:
        """Pensions left by members."""
        if t == 0:
            return 0.0
        return (
            self.deaths(t) * self.pension_rate[2, self.sex, self.row(t), self.service(t - 1)]
            * self.earnings[2, t - 1, self.sex, self.row(t)]
        )

    def members(self, t: int) -> Any:
        """Members on 31 December."""
        if t == 0:
            return self.members_0
        return self.stayers(t) - self.retirements(t)

    def lives(self, t: int) -> Any:
        """Probability of a pensioner to outlive year t."""
        if t == 0:
            return 0.0
        return self.survival[t - 1, self.sex, self.age(t - 1)]

    def spouse_lives(self, t: int) -> Any:
        """The same of a survivor."""
        if t == 0:
            return 0.0
        return self.survival[t - 1, 1 - self.sex, self.spouse_age(t - 1)]

    def loss(self, t: int) -> Any:
        """Those who start at mid-year and end within it."""
        if t == 0:
            return 0.0
        return self.half_year_loss[t - 1, self.sex, self.age(t)]

    def spouse_loss(self, t: int) -> Any:
        """The same of survivors."""
        if t == 0:
            return 0.0
        return self.half_year_loss[t - 1, 1 - self.sex, self.spouse_age(t)]

    def retired(self, t: int) -> Any:
        """Old-age pensioners."""
        if t == 0:
            return 0.0 * self.members_0
        return self.retired(t - 1) * self.lives(t) + self.retirements(t)

    def retired_mass(self, t: int) -> Any:
        """Their pensions."""
        if t == 0:
            return 0.0 * self.members_0
        return self.retired_mass(t - 1) * self.lives(t) * (1.0 + self.increase[t - 1]) + self.amount_old_age(t)

    def invalid(self, t: int) -> Any:
        """Invalidity pensioners."""
        if t == 0:
            return 0.0 * self.members_0
        return self.invalid(t - 1) * self.lives(t) + self.claims_invalidity(t) * (1.0 - self.loss(t))

    def invalid_mass(self, t: int) -> Any:
        """Their pensions."""
        if t == 0:
            return 0.0 * self.members_0
        return (
            self.invalid_mass(t - 1) * self.lives(t) * (1.0 + self.increase[t - 1]) + self.amount_invalidity(t)
            * (1.0 - self.loss(t))
        )

    def leaving_widows(self, t: int) -> Any:
        """Dead members and pensioners."""
        if t == 0:
            return 0.0
        return (
            self.claims_death(t) + (self.retired(t - 1) + self.invalid(t - 1)) * (1.0 - self.lives(t))
            + self.claims_invalidity(t) * self.loss(t)
        )

    def adjusted_mass(self, t: int) -> Any:
        """Old-age and invalidity pensions before deaths, adjusted."""
        if t == 0:
            return 0.0
        return (self.retired_mass(t - 1) + self.invalid_mass(t - 1)) * (1.0 + self.increase[t - 1])

    def leaving_mass(self, t: int) -> Any:
        """Pensions that they leave."""
        if t == 0:
            return 0.0
        left = self.adjusted_mass(t) * (1.0 - self.lives(t)) + self.amount_invalidity(t) * self.loss(t)
        return self.amount_death(t) + self.survivor_share * left

    def widowed(self, t: int) -> Any:
        """New survivors."""
        if t == 0:
            return 0.0
        return self.leaving_widows(t) * self.married[self.sex, self.age(t)]

    def widowed_mass(self, t: int) -> Any:
        """Their pensions."""
        if t == 0:
            return 0.0
        return self.leaving_mass(t) * self.married[self.sex, self.age(t)]

    def widows(self, t: int) -> Any:
        """Survivors."""
        if t == 0:
            return 0.0 * self.members_0
        return self.widows(t - 1) * self.spouse_lives(t) + self.widowed(t) * (1.0 - self.spouse_loss(t))

    def widows_mass(self, t: int) -> Any:
        """Their pensions."""
        if t == 0:
            return 0.0 * self.members_0
        return (
            self.widows_mass(t - 1) * self.spouse_lives(t) * (1.0 + self.increase[t - 1])
            + self.widowed_mass(t) * (1.0 - self.spouse_loss(t))
        )

    def payroll(self, t: int) -> Any:
        """Earnings of the members."""
        if t == 0:
            return 0.0
        return 0.5 * (self.members(t - 1) + self.members(t)) * self.salary[t - 1, self.sex, self.age(t)]

    def paid_old_age(self, t: int) -> Any:
        """Expenditure on old age."""
        if t == 0:
            return 0.0
        return (
            0.5
            * (self.retired_mass(t - 1) * (1.0 + self.early_part * self.increase[t - 1]) + self.retired_mass(t))
        )

    def paid_invalidity(self, t: int) -> Any:
        """Expenditure on invalidity."""
        if t == 0:
            return 0.0
        return (
            0.5
            * (self.invalid_mass(t - 1) * (1.0 + self.early_part * self.increase[t - 1]) + self.invalid_mass(t))
        )

    def paid_widows(self, t: int) -> Any:
        """Expenditure on survivors."""
        if t == 0:
            return 0.0
        return 0.5 * (self.widows_mass(t - 1) * (1.0 + self.early_part * self.increase[t - 1]) + self.widows_mass(t))

    def awards(self, t: int) -> Any:
        """New pensions by number."""
        if t == 0:
            return 0.0
        return self.retirements(t) + self.claims_invalidity(t) + self.widowed(t)


def points(told: Mapping[str, np.ndarray]) -> Callable[[], np.ndarray]:
    """Totals (year, output); every run is a new model."""
    given, years = model_points(told), len(told["growth"])

    def run() -> np.ndarray:
        model = ClosedGroup(proj_len=years + 1, **given)
        found = np.zeros((years, 10))
        for t in range(1, years + 1):
            totals = [getattr(model, name)(t).sum() for name in TOTALS]
            found[t - 1, 0], found[t - 1, 2:] = totals[0], totals[1:]
        return found

    return run


if __name__ == "__main__":
    serve({"points": points}, "heavylight", "numpy")
