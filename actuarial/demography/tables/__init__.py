"""Life tables, their old ages and causes of death, and what is paid while lives go on."""
