from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0001_standings_and_views"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedstanding",
            name="loads",
            field=models.JSONField(null=True),
        ),
    ]
