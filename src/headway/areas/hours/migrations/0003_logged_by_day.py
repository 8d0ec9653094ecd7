from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hours', '0002_timers_and_week_sheets'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='timeentry',
            index=models.Index(condition=models.Q(('removed_at', None)), fields=['project', 'day', 'person'], name='hours_logged_by_day'),
        ),
    ]
