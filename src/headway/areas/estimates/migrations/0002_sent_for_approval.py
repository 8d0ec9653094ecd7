from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estimates", "0001_versions_and_lines")]

    operations = [
        migrations.AlterField(
            model_name="estimate",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("asked", "asked"),
                    ("approved", "approved"),
                    ("superseded", "superseded"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
    ]
