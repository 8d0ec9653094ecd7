import json
from datetime import date

from django.db import migrations, models

COLOURS = ("green", "amber", "red", "grey", "not measured")


def told(data):
    """Overall colour and forecast finish of a stored status; None for what it does not say."""
    try:
        status = json.loads(data["snapshot"])
        overall = str(status["overall"]).lower()
    except (KeyError, TypeError, ValueError):
        return None, None
    try:
        finish = date.fromisoformat(status["plan"]["forecast_finish"])
    except (KeyError, TypeError, ValueError):
        finish = None
    return overall if overall in COLOURS else None, finish


def read_stored(apps, schema_editor):
    """Fill the columns of snapshots that were frozen before there were any."""
    rows = apps.get_model("deliverables", "Snapshot")._base_manager.using(schema_editor.connection.alias)
    for pk in list(rows.filter(kind="status").values_list("pk", flat=True)):
        overall, finish = told(rows.values_list("data", flat=True).get(pk=pk))
        if overall is not None:
            rows.filter(pk=pk).update(overall=overall, finish=finish)


class Migration(migrations.Migration):
    dependencies = [
        ("deliverables", "0002_who_made"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="overall",
            field=models.CharField(
                choices=[(colour, colour) for colour in COLOURS],
                max_length=12,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="finish",
            field=models.DateField(null=True),
        ),
        migrations.RunPython(read_stored, migrations.RunPython.noop),
    ]
