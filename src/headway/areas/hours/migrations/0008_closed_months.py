import django.db.models.deletion
from django.db import migrations, models

import headway.kernel.fields


class Migration(migrations.Migration):

    dependencies = [
        ("hours", "0007_names_in_files"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("month", models.DateField()),
                ("entries", models.PositiveIntegerField()),
                ("hours", headway.kernel.fields.HoursField(decimal_places=6, max_digits=14)),
                ("closed_by", models.CharField(max_length=255)),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopened_by", models.CharField(blank=True, default="", max_length=255)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at", None)),
                        fields=("project", "month"),
                        name="hours_month_closed_once",
                    )
                ],
            },
        ),
    ]
