import headway.kernel.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('budgets', '0004_progress_said'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='hours',
            field=headway.kernel.fields.HoursField(decimal_places=6, max_digits=14, null=True),
        ),
    ]
