"""Studies: questions that take several whole projections, such as liabilities, sensitivities and reconciliations."""
