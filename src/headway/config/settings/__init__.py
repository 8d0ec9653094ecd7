"""Django's settings: `base` for all, `prod` for the server and command line, `test` for the tests."""
