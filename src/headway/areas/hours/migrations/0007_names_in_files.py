import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("hours", "0006_corrections_and_meetings"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="stagedimport",
            name="whole",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.importbatch"
            ),
        ),
        migrations.CreateModel(
            name="KnownName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("source", models.CharField(max_length=64)),
                ("text", models.CharField(max_length=255)),
                ("task_uid", models.IntegerField(null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("task_uid", None)),
                        fields=("source", "text"),
                        name="hours_project_name_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("task_uid__isnull", False)),
                        fields=("project", "source", "text"),
                        name="hours_task_name_once",
                    ),
                ]
            },
        ),
    ]
