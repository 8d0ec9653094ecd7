from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliverables", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentversion",
            name="made_by_user",
            field=models.BigIntegerField(null=True),
        ),
    ]
