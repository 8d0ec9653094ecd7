from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schedule', '0003_work_of_a_resource'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='stamp',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
    ]
