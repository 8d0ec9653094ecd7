from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('method', '0003_people_of_recurring_tasks'),
    ]

    operations = [
        migrations.AddField(
            model_name='gate',
            name='due_on',
            field=models.DateField(null=True),
        ),
    ]
