"""Django's SQLite engine with a queue of writers, the build check and the write lock."""
