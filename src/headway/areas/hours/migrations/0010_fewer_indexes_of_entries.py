"""Takes away four indexes of entries that others stand for: each cost a write for every entry of an import.

By name, for both databases give them the same, and SQLite would otherwise copy the table for each.
"""

import django.db.models.deletion
from django.db import migrations, models

GONE = {
    "project_id": "hours_timeentry_project_id_18029dab",
    "person_id": "hours_timeentry_person_id_dfad16ac",
    "batch_id": "hours_timeentry_batch_id_8e218dde",
    "changed_by_id": "hours_timeentry_changed_by_id_a595373d",
}


def _unindexed(name, to, **more):
    field = models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, **more
    )
    return migrations.AlterField(model_name="timeentry", name=name, field=field)


class Migration(migrations.Migration):

    dependencies = [
        ("hours", "0009_snapshots_of_months"),
        ("people", "0001_initial"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(
                condition=models.Q(("changed_by__isnull", False)), fields=["changed_by"], name="hours_changed_by_import"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                _unindexed("project", "projects.project"),
                _unindexed("person", "people.person"),
                _unindexed("batch", "projects.importbatch", null=True),
                _unindexed("changed_by", "projects.importbatch", null=True),
            ],
            database_operations=[
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{name}"',
                    f'CREATE INDEX IF NOT EXISTS "{name}" ON "hours_timeentry" ("{column}")',
                )
                for column, name in GONE.items()
            ],
        ),
    ]
