import django.db.models.deletion
from django.db import migrations, models

FIGURES = [
    ("entries", models.IntegerField()),
    ("hours", models.BigIntegerField()),
    ("bill", models.BigIntegerField()),
    ("cost", models.BigIntegerField()),
]


def _kept(*own):
    key = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
    project = models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project")
    return [
        key,
        ("billable", models.BooleanField()),
        ("bill_currency", models.CharField(blank=True, max_length=3)),
        ("cost_currency", models.CharField(blank=True, max_length=3)),
        *FIGURES,
        *own,
        ("project", project),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ("hours", "0003_logged_by_day"),
        ("people", "0001_initial"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DaySum",
            fields=_kept(("day", models.DateField())),
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "day", "billable", "bill_currency", "cost_currency"),
                        name="hours_day_sum_once",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="PartSum",
            fields=_kept(
                ("month", models.DateField()),
                ("task_uid", models.IntegerField(default=-1)),
                ("phase", models.CharField(blank=True, max_length=255)),
                ("role", models.CharField(blank=True, max_length=255)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ),
            options={
                "indexes": [models.Index(fields=["project", "month"], name="hours_part_sums_by_month")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            *("project", "person", "month", "task_uid", "phase", "role"),
                            *("billable", "bill_currency", "cost_currency"),
                        ),
                        name="hours_part_sum_once",
                    )
                ],
            },
        ),
    ]
