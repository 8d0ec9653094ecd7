import django.db.models.deletion
import headway.kernel.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budgets', '0003_money'),
        ('projects', '0003_risks_in_full'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProgressStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('task_uid', models.PositiveIntegerField(null=True)),
                ('method', models.CharField(choices=[('0/100', '0/100'), ('50/50', '50/50'), ('milestone weights', 'milestone weights'), ('accepted deliverables', 'accepted deliverables'), ('owner estimate', 'owner estimate'), ('AC / (AC + ETC)', 'AC / (AC + ETC)')], max_length=24)),
                ('percent', models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ('ac', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                ('etc', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                ('weights', models.JSONField(default=list)),
                ('said_by', models.CharField(max_length=255)),
                ('said_on', models.DateField()),
                ('entered_by', models.CharField(max_length=255)),
                ('withdrawn_on', models.DateField(null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'said_on', 'id'], name='budgets_progress_said')],
                'constraints': [models.CheckConstraint(condition=models.Q(('percent', None), ('percent__range', (0, 100)), _connector='OR'), name='budgets_percent_said')],
            },
        ),
    ]
