"""The portfolio: how every project stands, the accounts of clients, and the views people keep of them.

Health is judged here, once, for reports, project pages and portfolio alike. Not here: the rule (engine), the figures
of one project (their own areas), the layout of pages and files.
"""
