from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0001_squashed_0002_loads_of_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedstanding",
            name="good_until",
            field=models.DateTimeField(null=True),
        ),
    ]
