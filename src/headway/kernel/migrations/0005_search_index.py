"""The search index: its table, and what each database needs to search it."""

import headway.kernel.search_models
from django.db import migrations, models
from headway.kernel.migrations._search_tables import make, unmake


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
