"""Counts the entries that were there before sums were kept, a project at a time; may run again."""

from django.db import migrations

FIGURES = """
    COUNT(*),
    COALESCE(SUM(CAST(ROUND(hours * 1000000) AS bigint)), 0),
    COALESCE(SUM(CAST(ROUND(bill_amount * 1000000) AS bigint)), 0),
    COALESCE(SUM(CAST(ROUND(cost_amount * 1000000) AS bigint)), 0)
    FROM hours_timeentry WHERE project_id = %s AND removed_at IS NULL
"""
MONTH = {"sqlite": "date(day, 'start of month')", "postgresql": "DATE_TRUNC('month', day)::date"}


def count_entries(apps, schema_editor):
    month = MONTH[schema_editor.connection.vendor]
    entries = apps.get_model("hours", "TimeEntry")._base_manager
    kept = (
        ("hours_daysum", ("day",), ("day",)),
        (
            "hours_partsum",
            ("person_id", "month", "task_uid", "phase", "role"),
            ("person_id", month, "COALESCE(task_uid, -1)", "phase", "role"),
        ),
    )
    same = ("project_id", "billable", "bill_currency", "cost_currency")
    with schema_editor.connection.cursor() as cursor:
        for project_id in list(entries.order_by().values_list("project_id", flat=True).distinct()):
            for table, names, values in kept:
                cursor.execute(f"DELETE FROM {table} WHERE project_id = %s", [project_id])
                keys = ", ".join((*same, *values))
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join((*same, *names))}, entries, hours, bill, cost)"
                    f" SELECT {keys}, {FIGURES} GROUP BY {keys}",
                    [project_id],
                )


class Migration(migrations.Migration):

    dependencies = [("hours", "0004_kept_sums")]

    operations = [migrations.RunPython(count_entries, migrations.RunPython.noop)]
