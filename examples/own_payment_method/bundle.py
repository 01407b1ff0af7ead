"""A payment method of one's own: a bundle for each patient, with a bonus for quality."""

from pydantic import Field

from actuarial.dated import evaluate
from actuarial.fields import Change, Fraction, rule
from actuarial.form_table import register_form
from actuarial.health.contract import MEMBER
from actuarial.person import make_grid


@rule
class Bundle:
    """All contacts of a patient for one price, which more contacts do not raise.

    Notes
    -----
    cost = contacts/(growth of contacts per patient since the base year) x unit cost x (1 - discount) x (1 + bonus x
    share of the providers that reach the standard of quality).
    """

    intensity_growth: Change = Field(default=0.0, description="Growth of contacts per patient (fraction per year)")
    discount: Fraction = Field(default=0.0, description="Discount on the fees of the contacts (fraction)")
    bonus: Fraction = Field(default=0.0, description="Bonus for quality over the price of the bundle (fraction)")
    reached: Fraction = Field(default=0.0, description="Share of patients whose provider reaches it (fraction)")

    def cost(self, activity, basis):
        law = make_grid(basis, None, years=activity.contacts["year"].values)
        intensity = (1.0 + evaluate(self.intensity_growth, law) + 0.0 * law.year).cumprod("year")
        level = (1.0 - evaluate(self.discount, law)) * (1.0 + evaluate(self.bonus, law) * evaluate(self.reached, law))
        return (activity.contacts * activity.unit_cost * (level / intensity)).transpose(*MEMBER)


register_form("bundle", Bundle)
