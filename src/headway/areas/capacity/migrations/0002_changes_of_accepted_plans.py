from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('capacity', '0001_loads_and_proposals'),
    ]

    operations = [
        migrations.AddField(
            model_name='proposalplan',
            name='change',
            field=models.BigIntegerField(null=True),
        ),
    ]
