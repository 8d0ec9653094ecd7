"""Django's PostgreSQL engine with the write lock."""
