from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('method', '0002_templates_hold_no_documents'),
    ]

    operations = [
        migrations.AddField(
            model_name='recurringtask',
            name='people',
            field=models.CharField(blank=True, default='', max_length=1000),
        ),
    ]
