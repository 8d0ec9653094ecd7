import django.db.models.deletion
from django.db import migrations, models

KINDS = ("brief", "contract", "specification", "design", "plan", "minutes", "evidence", "other")
READERS = ("team", "leaders")
STATES = ("inside", "asked", "shared", "refused", "withdrawn")


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("projects", "0001_initial"),
        ("deliverables", "0003_overall_of_snapshots"),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadedDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("title", models.CharField(max_length=255)),
                ("kind", models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=16)),
                ("note", models.TextField(blank=True)),
                ("readers", models.CharField(choices=[(who, who) for who in READERS], max_length=8)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="UploadedVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("number", models.PositiveIntegerField()),
                ("file_name", models.CharField(max_length=255)),
                ("media_type", models.CharField(max_length=120)),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(choices=[(state, state) for state in STATES], default="inside", max_length=9),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("made_by", models.CharField(max_length=255)),
                ("made_by_user", models.BigIntegerField(null=True)),
                ("shared_at", models.DateTimeField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deliverables.uploadeddocument",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("document", "number"), name="deliverables_upload_number")
                ],
            },
        ),
    ]
