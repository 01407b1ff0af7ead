"""What a valuation is read in: tables, the workbook, and the files that a run writes."""

from typing import Any

_PLACES = {
    "demographic_table": "actuarial.report.tables",
    "financial_table": "actuarial.report.tables",
    "health_finance_table": "actuarial.report.health_tables",
    "health_key_results": "actuarial.report.health_tables",
    "key_comparison": "actuarial.report.comparison",
    "key_results": "actuarial.report.tables",
    "reconciliation_table": "actuarial.report.reconciliation",
    "write_comparison": "actuarial.report.comparison",
    "write_health_workbook": "actuarial.report.health_workbook",
    "write_result": "actuarial.report.files",
    "write_workbook": "actuarial.report.workbook",
}
__all__ = [
    "demographic_table",
    "financial_table",
    "health_finance_table",
    "health_key_results",
    "key_comparison",
    "key_results",
    "reconciliation_table",
    "write_comparison",
    "write_health_workbook",
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
