"""The search index: its table, and what each database needs to search it.

SQLite's full-text tables read the texts from the index table and follow it by triggers. A later change of that table
must drop the triggers first and make them again, since SQLite loses them when a table is remade.
"""

import headway.kernel.search_models
from django.db import migrations, models

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


class Migration(migrations.Migration):
    """A table and its indexes."""

    dependencies = [("kernel", "0004_idempotency_claimed_at")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=80)),
                ("record_id", models.BigIntegerField()),
                ("project_id", models.BigIntegerField(null=True)),
                ("title", models.TextField()),
                ("body", models.TextField(blank=True)),
                ("title_words", headway.kernel.search_models.WordsField(weight="A")),
                ("body_words", headway.kernel.search_models.WordsField(weight="B")),
                ("letters", headway.kernel.search_models.LettersField()),
            ],
            options={"db_table": "kernel_searchentry"},
        ),
        migrations.AddConstraint(
            "searchentry",
            models.UniqueConstraint(fields=("kind", "record_id"), name="search_one_entry_each"),
        ),
        migrations.RunPython(make, unmake),
    ]
