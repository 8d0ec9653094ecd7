"""Hours: time entries with their frozen rates, rate cards, and the hours that an import takes.

Not here: budgets and earned value (budgets), the reading of export files (`documents.exchange.hours`),
who people are (people). Money per hour is kept by currency; hours are exact decimals.
"""
