from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schedule', '0002_open_tasks'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['plan', 'resource_uid', 'task_uid'], name='schedule_work_of_resource'),
        ),
        migrations.AddIndex(
            model_name='plantask',
            index=models.Index(condition=models.Q(('active', True), ('removed_at', None), ('summary', False)), fields=['plan', 'finish', 'start', 'uid'], name='schedule_dated_tasks'),
        ),
    ]
