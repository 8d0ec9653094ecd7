import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliverables", "0007_parts_of_snapshots"),
        ("hours", "0008_closed_months"),
    ]

    operations = [
        migrations.AddField(
            model_name="closedmonth",
            name="snapshot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deliverables.snapshot",
            ),
        ),
    ]
