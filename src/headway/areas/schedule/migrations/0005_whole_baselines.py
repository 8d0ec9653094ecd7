import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schedule', '0004_stamp_of_a_plan'),
    ]

    operations = [
        migrations.AddField(
            model_name='baseline',
            name='partial',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='baseline',
            name='why',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.CreateModel(
            name='BaselinePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('packed', models.TextField()),
                ('baseline', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schedule.baseline')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
