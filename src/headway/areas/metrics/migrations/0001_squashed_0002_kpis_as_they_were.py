import django.db.models.deletion
import headway.kernel.fields
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('metrics', '0001_initial'),
        ('metrics', '0002_kpis_as_they_were'),
    ]

    initial = True

    dependencies = [
        ('people', '0003_leave'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Kpi',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('project_id', models.BigIntegerField(null=True)),
                    ('number', models.PositiveIntegerField(unique=True)),
                    ('name', models.CharField(max_length=255)),
                    ('goal', models.TextField(blank=True)),
                    ('basis', models.CharField(blank=True, max_length=1000)),
                    ('frequency', models.CharField(choices=[('real_time', 'real_time'), ('hourly', 'hourly'), ('daily', 'daily'), ('weekly', 'weekly'), ('monthly', 'monthly'), ('quarterly', 'quarterly'), ('yearly', 'yearly')], max_length=9)),
                    ('stale_minutes', models.PositiveIntegerField(null=True)),
                    ('minimum_n', models.PositiveIntegerField(default=1)),
                    ('least', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('most', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('hours', models.CharField(max_length=255)),
                    ('zone', models.CharField(max_length=64)),
                    ('service', models.BooleanField(default=False)),
                    ('source', models.CharField(choices=[('typed', 'typed'), ('file', 'file'), ('query', 'query')], max_length=5)),
                    ('query', models.CharField(blank=True, max_length=120)),
                    ('inputs', models.JSONField(default=dict)),
                    ('figure', models.CharField(blank=True, max_length=255)),
                    ('needs', models.CharField(blank=True, max_length=120)),
                    ('state', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('not_judged', 'not_judged'), ('too_few', 'too_few'), ('stale', 'stale'), ('no_data', 'no_data')], default='no_data', max_length=10)),
                    ('signal', models.CharField(blank=True, max_length=60)),
                    ('newest', headway.kernel.fields.LocalMomentField(null=True)),
                    ('stale_at', models.DateTimeField(null=True)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('trouble', models.CharField(blank=True, max_length=1000)),
                    ('retired_at', models.DateTimeField(null=True)),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [models.Index(fields=['project_id', 'id'], name='metrics_of_project'), models.Index(fields=['owner', 'state'], name='metrics_of_owner'), models.Index(fields=['due_at'], name='metrics_due')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='KpiBaseline',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first', headway.kernel.fields.LocalMomentField()),
                    ('last', headway.kernel.fields.LocalMomentField()),
                    ('reason', models.TextField()),
                    ('said_by', models.CharField(max_length=255)),
                    ('recorded_at', models.DateTimeField()),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='KpiFormula',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('since', headway.kernel.fields.LocalMomentField()),
                    ('formula', models.CharField(choices=[('sum', 'sum'), ('last', 'last'), ('average', 'average'), ('ratio', 'ratio'), ('percentile', 'percentile'), ('duration', 'duration')], max_length=10)),
                    ('unit', models.CharField(blank=True, max_length=20)),
                    ('direction', models.CharField(choices=[('higher', 'higher'), ('lower', 'lower'), ('range', 'range')], max_length=6)),
                    ('percentile', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('promises', models.JSONField(default=list)),
                    ('reason', models.TextField(blank=True)),
                    ('said_by', models.CharField(max_length=255)),
                    ('recorded_at', models.DateTimeField()),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('kpi', 'number'), name='metrics_formula_number')],
                },
            ),
            migrations.CreateModel(
                name='KpiNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('text', models.CharField(max_length=1000)),
                    ('change', models.BooleanField(default=False)),
                    ('said_by', models.CharField(max_length=255)),
                    ('recorded_at', models.DateTimeField()),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='KpiTarget',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('since', models.DateField()),
                    ('value', models.DecimalField(decimal_places=6, max_digits=30)),
                    ('high', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('amber', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('red', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('zero', models.BooleanField(default=False)),
                    ('reason', models.TextField(blank=True)),
                    ('said_by', models.CharField(max_length=255)),
                    ('recorded_at', models.DateTimeField()),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amber', None), ('red', None)), models.Q(('amber__isnull', False), ('red__isnull', False)), _connector='OR'), name='metrics_both_thresholds')],
                },
            ),
            migrations.CreateModel(
                name='SampleBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('file_name', models.CharField(max_length=255)),
                    ('sha256', models.CharField(max_length=64)),
                    ('rows', models.PositiveIntegerField()),
                    ('doubt', models.CharField(blank=True, max_length=1000)),
                    ('quality', models.JSONField(default=list)),
                    ('said_by', models.CharField(max_length=255)),
                    ('recorded_at', models.DateTimeField()),
                    ('undone_at', models.DateTimeField(null=True)),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('kpi', 'number'), name='metrics_batch_number')],
                },
            ),
            migrations.CreateModel(
                name='KpiEarlier',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('until', models.DateTimeField()),
                    ('name', models.CharField(max_length=255)),
                    ('goal', models.TextField(blank=True)),
                    ('basis', models.CharField(blank=True, max_length=1000)),
                    ('stale_minutes', models.PositiveIntegerField(null=True)),
                    ('minimum_n', models.PositiveIntegerField()),
                    ('least', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('most', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('hours', models.CharField(max_length=255)),
                    ('zone', models.CharField(max_length=64)),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='KpiSample',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('begins', headway.kernel.fields.LocalMomentField()),
                    ('revision', models.PositiveIntegerField()),
                    ('value', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('numerator', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('denominator', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                    ('n', models.PositiveIntegerField(null=True)),
                    ('counts', models.JSONField(null=True)),
                    ('rows', models.JSONField(default=list)),
                    ('cases', models.JSONField(default=list)),
                    ('detail', models.JSONField(default=dict)),
                    ('as_of', models.DateTimeField()),
                    ('provenance', models.CharField(choices=[('typed', 'typed'), ('import', 'import'), ('query', 'query'), ('undone', 'undone')], max_length=6)),
                    ('said_by', models.CharField(max_length=255)),
                    ('reason', models.TextField(blank=True)),
                    ('confirmed', models.BooleanField(default=True)),
                    ('withdrawn', models.BooleanField(default=False)),
                    ('recorded_at', models.DateTimeField()),
                    ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                    ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metrics.samplebatch')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('kpi', 'begins', 'revision'), name='metrics_revision_once')],
                },
            ),
        ]),
    ]
