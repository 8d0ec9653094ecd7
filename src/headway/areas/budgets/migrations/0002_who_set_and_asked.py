from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="budget",
            name="set_by_user",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="budgetchange",
            name="requested_by_user",
            field=models.BigIntegerField(null=True),
        ),
    ]
