"""What all benefits share: from claims to stocks, survivors and expenditure."""
