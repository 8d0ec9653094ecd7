"""The money of a project: budgets and their alerts, retainers, expenses, orders, invoices, cost and margin."""
