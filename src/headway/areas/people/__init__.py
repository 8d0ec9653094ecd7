"""Persons, users, organisations, teams, invitations, access tokens.

A client organisation is an account. A person may have no user (a stakeholder, somebody in an
hours file); a user is a person who signs in. Roles on a project live with the project.
"""
