"""Methodology: the group that is projected, how the model was run, what it covers and where its limits are."""

from actuarial.report.content.blocks import asked_for, if_written, section
from actuarial.report.content.cells import listed
from actuarial.report.content.material import Material
from actuarial.report.content.provisions import event_rows
from actuarial.report.document import Block, Bullets, Paragraph, Section
from actuarial.translation import N_

MODEL = ("model.governance", "model.risk_rating", "model.selection", "model.change_log")
PROCESS = (
    "process.peer_review",
    "process.expert_review",
    "process.operational_control",
    "process.reporting_calendar",
    "process.staffing",
    "process.cpd",
)
LIMITS = (
    N_("The projection is one of means: it has no random variation, and its results are no forecast."),
    N_("Persons of the same year, group, sex, age and service are treated alike; incomes differ within them."),
    N_("The law is applied as it stands in the data of the scheme; what is not written there is not valued."),
    N_("The behaviour of members does not respond to the law unless the assumptions say so."),
    N_("Results depend on the assumptions; how much is shown where sensitivities were calculated."),
)
CONTROLS = (
    N_(
        "In every year the identities of the accounts and stocks were checked; a run that breaks one gives no result."
    ),
    N_(
        "Persons, credits, pensions in payment and the reserve are carried from year to year without remainder."
    ),
    N_("Assumptions outside of plausible bounds, and what differs from the accounts, give warnings, which are listed."),
)


def methods(material: Material) -> Section | None:
    """How the results were calculated."""
    say = material.say
    inner = (
        section(
            "method_group",
            say("Method"),
            (*_group(material), *if_written(material, "method.group_basis")),
            covers=("method.group_basis",),
        ),
        section(
            "model_coverage", say("Provisions in the model"), _coverage(material), covers=("model.coverage_matrix",)
        ),
        section("model_limits", say("Limits of the model"), _limits(material), covers=("model.disclosures",)),
        section(
            "controls",
            say("Controls"),
            (Bullets(tuple(say(line) for line in CONTROLS)), *if_written(material, "process.controls")),
            covers=("process.controls",),
        ),
        section("model_fields", say("Governance of the model"), asked_for(material, *MODEL)),
        section("process_fields", say("Process and review"), asked_for(material, *PROCESS)),
    )
    return section("methods", say("Methodology"), asked_for(material, "method.opinion"), inner)


def _group(material: Material) -> list[Block]:
    """The open group, the period and the financing that the projection stands for."""
    say = material.say
    blocks: list[Block] = []
    for part in material.parts:
        blocks.append(
            Paragraph(
                say(
                    "{scheme}: an open group of present members and of those who enter later was projected year by "
                    "year from {first} to {last}, with income, outgo and reserve of each year.",
                    scheme=part.scheme.name,
                    first=part.first,
                    last=part.last,
                )
            )
        )
    return blocks


def _coverage(material: Material) -> list[Block]:
    """Benefits of the law and what is projected of them."""
    say = material.say
    blocks: list[Block] = []
    for part in material.parts:
        if part is material.pension:
            head = (say("Benefit"), say("Due on"), say("Projected"), say("New awards in all years"), say("Article"))
            rows = event_rows(material, part)
            title = say("Benefits of the law in the model")
            blocks.append(listed(material, "model_coverage", title, head, rows, units=say("persons"), labels=3))
    if material.health is not None:
        count = len(material.health.scheme.services)
        blocks.append(
            Paragraph(
                say("All {count} services of the health scheme and its cash benefits are projected.", count=count)
            )
        )
    return blocks


def _limits(material: Material) -> tuple[Block, ...]:
    return (Bullets(tuple(material.say(line) for line in LIMITS)), *if_written(material, "model.disclosures"))
