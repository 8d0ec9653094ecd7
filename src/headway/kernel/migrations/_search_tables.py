"""What each database needs to search the index table, as the migrations of the kernel make it.

SQLite's full-text tables read the texts from the index table and follow it by triggers. A later change of that table
must drop the triggers first and make them again, since SQLite loses them when a table is remade.
"""

_SQLITE = """
CREATE VIRTUAL TABLE kernel_searchwords USING fts5(
  title_words, body_words, content='kernel_searchentry', content_rowid='id', columnsize=1,
  tokenize="unicode61 remove_diacritics 0 tokenchars '-_'", prefix='2 3'
);
CREATE VIRTUAL TABLE kernel_searchletters USING fts5(
  letters, content='kernel_searchentry', content_rowid='id', tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER kernel_search_added AFTER INSERT ON kernel_searchentry BEGIN
  INSERT INTO kernel_searchwords(rowid, title_words, body_words) VALUES (new.id, new.title_words, new.body_words);
  INSERT INTO kernel_searchletters(rowid, letters) VALUES (new.id, new.letters);
END;
CREATE TRIGGER kernel_search_removed AFTER DELETE ON kernel_searchentry BEGIN
  INSERT INTO kernel_searchwords(kernel_searchwords, rowid, title_words, body_words)
  VALUES ('delete', old.id, old.title_words, old.body_words);
  INSERT INTO kernel_searchletters(kernel_searchletters, rowid, letters) VALUES ('delete', old.id, old.letters);
END;
CREATE TRIGGER kernel_search_changed AFTER UPDATE ON kernel_searchentry BEGIN
  INSERT INTO kernel_searchwords(kernel_searchwords, rowid, title_words, body_words)
  VALUES ('delete', old.id, old.title_words, old.body_words);
  INSERT INTO kernel_searchletters(kernel_searchletters, rowid, letters) VALUES ('delete', old.id, old.letters);
  INSERT INTO kernel_searchwords(rowid, title_words, body_words) VALUES (new.id, new.title_words, new.body_words);
  INSERT INTO kernel_searchletters(rowid, letters) VALUES (new.id, new.letters);
END;
"""
_POSTGRESQL = """
CREATE INDEX kernel_search_words ON kernel_searchentry USING gin ((title_words || body_words));
CREATE INDEX kernel_search_letters ON kernel_searchentry USING gin (letters);
"""
_SQLITE_BACK = """
DROP TABLE IF EXISTS kernel_searchwords;
DROP TABLE IF EXISTS kernel_searchletters;
"""


def _statements(script):
    """Whole statements: a trigger's body holds semicolons of its own."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        inside = statement.lstrip().startswith("CREATE TRIGGER") and not line.startswith("END;")
        if line.endswith(";") and not inside:
            yield statement
            statement = ""


def make(apps, editor):
    for statement in _statements(_SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL):
        editor.execute(statement)


def unmake(apps, editor):
    if editor.connection.vendor == "sqlite":
        for statement in _statements(_SQLITE_BACK):
            editor.execute(statement)


def make_titles(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE INDEX kernel_search_titles ON kernel_searchentry USING gin (title_words)")


def unmake_titles(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS kernel_search_titles")
