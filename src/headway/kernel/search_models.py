"""The table of the search index: one row for each record that can be found. Made anew from the records at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from headway.kernel.search_words import grams_of

if TYPE_CHECKING:
    _TextBase = models.Field[str, str]
else:
    _TextBase = models.Field


class WordsField(_TextBase):
    """Words with a space between: text for SQLite's own index, a weighted vector on PostgreSQL."""

    description = "words of the search index"

    def __init__(self, *, weight: str = "B", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weight = weight

    def deconstruct(self) -> Any:
        """The weight belongs to the column."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "weight": self.weight}

    def db_type(self, connection: Any) -> str:
        """A vector where the database has them."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The words as the database takes them. They hold letters, digits, hyphens and underscores alone."""
        if connection.vendor != "postgresql" or value is None:
            return value
        return " ".join(
            f"'{word}':{min(place, _LAST_PLACE)}{self.weight}" for place, word in enumerate(value.split(), 1)
        )


class LettersField(_TextBase):
    """A short folded text that is looked into letter by letter: all its runs of three."""

    description = "letters of the search index"

    def db_type(self, connection: Any) -> str:
        """A vector where the database has them."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The runs of three letters, or the text for an index that makes them."""
        if connection.vendor != "postgresql" or value is None:
            return value
        return " ".join(map(quoted, grams_of(value)))


def quoted(lexeme: str) -> str:
    """A lexeme as PostgreSQL reads it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


_LAST_PLACE = 16_383  # PostgreSQL counts places no further


class SearchEntry(models.Model):
    """What can be found of one record. Not part of the content: left out of the dump, and made anew when missing.

    title, body   as people wrote them, for the hit and its excerpt.
    title_words … the same as the index takes them.
    """

    kind = models.CharField(max_length=80)
    record_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    title = models.TextField()
    body = models.TextField(blank=True)
    title_words = WordsField(weight="A")
    body_words = WordsField(weight="B")
    letters = LettersField()

    class Meta:
        db_table = "kernel_searchentry"
        constraints = [models.UniqueConstraint(fields=["kind", "record_id"], name="search_one_entry_each")]
