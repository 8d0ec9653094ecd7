from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comms', '0005_what_the_outbox_shows'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mail',
            name='state',
            field=models.CharField(choices=[('queued', 'queued'), ('held', 'held'), ('sent', 'sent'), ('failed', 'failed'), ('dropped', 'dropped')], default='queued', max_length=8),
        ),
    ]
