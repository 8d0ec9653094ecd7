import django.db.models.deletion
import headway.kernel.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hours', '0005_sums_of_older_entries'),
        ('people', '0003_leave'),
    ]

    operations = [
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('key', models.CharField(max_length=64)),
                ('title', models.CharField(max_length=500)),
                ('start', models.DateTimeField()),
                ('end', models.DateTimeField()),
                ('zone', models.CharField(max_length=64)),
                ('day', models.DateField()),
                ('hours', headway.kernel.fields.HoursField(decimal_places=6, max_digits=14)),
                ('task_uid', models.IntegerField(null=True)),
                ('phase', models.CharField(blank=True, max_length=255)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('state', models.CharField(choices=[('open', 'open'), ('logged', 'logged'), ('left', 'left')], default='open', max_length=8)),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hours.timeentry')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'state', 'start'], name='hours_meetings_open')],
                'constraints': [models.UniqueConstraint(fields=('person', 'key'), name='hours_meeting_once')],
            },
        ),
        migrations.CreateModel(
            name='Unreminded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='hoursrules',
            name='remind_below',
            field=models.PositiveSmallIntegerField(default=90),
        ),
        migrations.AddField(
            model_name='hoursrules',
            name='remind_on',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='correction',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='corrects',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hours.timeentry'),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='counter',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects__isnull', False), ('removed_at', None)), fields=('corrects', 'counter'), name='hours_corrected_once'),
        ),
    ]
