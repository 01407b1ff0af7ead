"""What a scheme looks like in a console and in a notebook."""

from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

import actuarial as ac
from actuarial import outline
from actuarial.dated import Money
from actuarial.forms import open_scheme, parse_scheme
from actuarial.scheme import Contribution
from actuarial.scheme_saving import scheme_text
from tests.system.tables import ROOT
from tests.system.test_scheme_saving import FILES

TEXT = """
name = "National Scheme"
currency = "LTD"
law = "Act of 1998"
[[contributions]]
name = "employees"
payer = "employee"
rate = { 2025 = 0.05, 2035 = 0.06 }
law = "art. 3"
[[contributions]]
name = "groups"
payer = "employer"
rate = { 2020 = { group = { private = 0.08, public = 0.12 } }, 2031 = 0.1 }
[[contributions]]
name = "subsidy"
payer = "state"
base = "fixed"
amount = { value = 500, per = "year" }
[[contributions]]
name = "second"
payer = "employee"
rate = 0.02
above = { value = 600, per = "month" }
ceiling = { value = 9000, per = "year" }
[[contributions]]
name = "rest"
payer = "state"
base = "deficit"
[[account]]
name = "notional"
contributions = ["employees"]
[[account]]
name = "saved"
rate = { male = 0.02, female = 0.03 }
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
law = "art. 21"
[[benefit.formula]]
form = "flat"
amount = { value = 1, per = "month" }
[[benefit.formula]]
form = "balance"
account = "notional"
divisor = 18
[[benefit]]
form = "invalidity"
qualifying_years = 5
of = "old_age"
"""
SHOWN = """\
<Scheme 'National Scheme', LTD: Act of 1998
contributions ({year})
  employees  employee  {rate} of insurable_earnings  art. 3
  groups     employer  {groups} of insurable_earnings
  subsidy    state     500 a year fixed
  second     employee  0.02 of insurable_earnings, ceiling 9000 a year, above 600 a month
  rest       state     deficit
accounts ({year})
  notional  MemberAccount  earnings: employees
  saved     MemberAccount  0.02 to 0.03 of earnings
benefits
  old_age     OldAge      Flat, Balance  art. 21
  invalidity  Invalidity  of old_age
actuarial.scheme_saving.scheme_text(scheme) is the whole law as a file has it>"""


@pytest.mark.parametrize(
    ("year", "rate", "groups"), [(2026, "0.05", "0.08 to 0.12"), (2035, "0.06", "0.1"), (1999, "0.05", "0.08 to 0.12")]
)
def test_a_scheme_is_shown_with_the_rates_of_today(monkeypatch, year, rate, groups):
    class Today:
        @staticmethod
        def today():
            return type("Date", (), {"year": year})

    monkeypatch.setattr(outline, "date", Today)
    lines = [line.split() for line in repr(parse_scheme(TEXT)).splitlines()]
    assert lines == [line.split() for line in SHOWN.format(year=year, rate=rate, groups=groups).splitlines()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_scheme_of_the_repository_is_shown_on_one_page(path):
    scheme = open_scheme(path)
    shown = repr(scheme).splitlines()
    assert len(shown) < 25
    assert max(map(len, shown)) <= outline.WIDTH
    assert scheme.name in shown[0]
    assert all(repr(line).startswith(f"{type(line).__name__}(name=") for line in scheme.contributions)


def test_what_finds_no_room_is_counted_and_the_whole_is_elsewhere():
    one = parse_scheme(TEXT)
    lines = tuple(Contribution(name=f"line {i}", payer="other", rate=0.01) for i in range(40))
    many = replace(one, contributions=(*one.contributions, *lines))
    shown = repr(many)
    assert len(shown.splitlines()) == 24
    listed = sum(f"line {i} " in shown for i in range(40)) + 5
    assert f"  ... and {45 - listed} more" in shown
    assert "invalidity" in shown
    assert parse_scheme(scheme_text(many)) == many
    assert many._repr_html_().count("line 3") == 11


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.text = set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert all(name in ("colspan", "style") for name, _ in attrs)

    def handle_data(self, data):
        self.text.append(data)


HOSTILE = "<script>alert('x')</script>\x1b[31m\n\"&lt;<img src=x onerror=y>"


def test_names_are_text_whatever_they_hold():
    scheme = parse_scheme(TEXT)
    scheme = replace(scheme, name=HOSTILE, law=HOSTILE, currency="<b>")
    scheme = scheme.amend("subsidy", name=HOSTILE, law=HOSTILE)
    tags = _Tags()
    tags.feed(scheme._repr_html_())
    assert tags.seen == {"table", "caption", "tr", "th", "td"}
    flat = HOSTILE.replace("\x1b", " ").replace("\n", " ")
    assert flat in "".join(tags.text)
    assert "\x1b" not in repr(scheme) + scheme._repr_html_()
    assert len(repr(scheme).splitlines()) == len(SHOWN.splitlines())


def test_health_schemes_are_shown_as_well():
    health = open_scheme(ac.datasets.law("demo health"))
    tags = _Tags()
    tags.feed(health._repr_html_())
    for part in (*health.groups, *health.services, *health.contributions, *health.benefits):
        assert part.name in tags.text
    assert repr(health).startswith("<HealthScheme 'National Health Insurance of Avania', AVD: ")
    assert "  ... and " in repr(health)


def test_millions_have_separators_and_premiums_say_for_whom():
    lines = [SimpleNamespace(rate=None, base=base, amount=Money(amount, per="year"))
             for base, amount in (("budget", 16_363_636.4), ("head", 80.0), ("fixed", 500.5))]  # fmt: skip
    assert [outline._paid(line, 2026) for line in lines] == [
        "16,363,636 a year budget", "80 a year for each head", "500.5 a year fixed"
    ]  # fmt: skip
