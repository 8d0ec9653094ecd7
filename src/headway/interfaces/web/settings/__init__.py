"""The settings: the organisation, its people, calendar, rates, mail, access tokens, backup and health."""
