"""What a valuation is read in: tables, figures, the workbook, and the files that a run writes."""

from typing import Any

_PLACES = {
    "build": "actuarial.report.content.building",
    "checklist": "actuarial.report.completeness",
    "cost_by_age": "actuarial.report.health_figures",
    "demographic_table": "actuarial.report.tables",
    "draw_balance": "actuarial.report.figures.balance",
    "draw_cash_flow": "actuarial.report.figures.cash",
    "draw_cost_by_age": "actuarial.report.health_plots",
    "draw_fan": "actuarial.report.figures.fan",
    "draw_groups": "actuarial.report.health_plots",
    "draw_growth": "actuarial.report.health_plots",
    "draw_members": "actuarial.report.figures.members",
    "draw_population": "actuarial.report.figures.population",
    "draw_rates": "actuarial.report.figures.rates",
    "draw_reconciliation": "actuarial.report.figures.waterfall",
    "draw_reserve": "actuarial.report.figures.reserve",
    "draw_scenarios": "actuarial.report.figures.scenarios",
    "draw_services": "actuarial.report.health_plots",
    "draw_sources": "actuarial.report.health_plots",
    "draw_tornado": "actuarial.report.figures.tornado",
    "fields_template": "actuarial.report.content.written",
    "financial_table": "actuarial.report.tables",
    "growth_by_factor": "actuarial.report.health_figures",
    "growth_rates": "actuarial.report.health_figures",
    "health_finance_table": "actuarial.report.health_tables",
    "health_key_results": "actuarial.report.health_tables",
    "key_comparison": "actuarial.report.comparison",
    "key_results": "actuarial.report.tables",
    "pictures": "actuarial.report.figures.pictures",
    "read_fields": "actuarial.report.content.written",
    "reconciliation_table": "actuarial.report.reconciliation",
    "replacement_comparison": "actuarial.report.comparison",
    "save_figure": "actuarial.report.plots",
    "shares_of_groups": "actuarial.report.health_figures",
    "shares_of_services": "actuarial.report.health_figures",
    "shares_of_sources": "actuarial.report.health_figures",
    "sources_of_finance": "actuarial.report.health_figures",
    "write_comparison": "actuarial.report.comparison",
    "write_docx": "actuarial.report.docx",
    "write_health_workbook": "actuarial.report.health_workbook",
    "write_html": "actuarial.report.html",
    "write_pdf": "actuarial.report.pdf",
    "write_result": "actuarial.report.files",
    "write_workbook": "actuarial.report.workbook",
}
__all__ = [
    "build",
    "checklist",
    "cost_by_age",
    "demographic_table",
    "draw_balance",
    "draw_cash_flow",
    "draw_cost_by_age",
    "draw_fan",
    "draw_groups",
    "draw_growth",
    "draw_members",
    "draw_population",
    "draw_rates",
    "draw_reconciliation",
    "draw_reserve",
    "draw_scenarios",
    "draw_services",
    "draw_sources",
    "draw_tornado",
    "fields_template",
    "financial_table",
    "growth_by_factor",
    "growth_rates",
    "health_finance_table",
    "health_key_results",
    "key_comparison",
    "key_results",
    "pictures",
    "read_fields",
    "reconciliation_table",
    "replacement_comparison",
    "save_figure",
    "shares_of_groups",
    "shares_of_services",
    "shares_of_sources",
    "sources_of_finance",
    "write_comparison",
    "write_docx",
    "write_health_workbook",
    "write_html",
    "write_pdf",
    "write_result",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _PLACES:
        raise AttributeError(f"module 'actuarial.report' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return __all__
