"""Reads and writes files: plan exchange, documents, spreadsheets.

Knows the engine's types; knows no Django, no database and no clock. Outside bytes are parsed
only in a child process (`child.py`).
"""
