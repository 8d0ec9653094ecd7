import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('method', '0001_initial'),
        ('method', '0002_templates_hold_no_documents'),
        ('method', '0003_people_of_recurring_tasks'),
        ('method', '0004_due_days_of_gates'),
    ]

    initial = True

    dependencies = [
        ('projects', '0002_bookmarks'),
        ('schedule', '0008_undo_list'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='MethodRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('key', models.CharField(max_length=40, unique=True)),
                    ('on', models.BooleanField(default=True)),
                    ('weight', models.CharField(choices=[('note', 'note'), ('warning', 'warning'), ('grave', 'grave')], max_length=8)),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='ProjectTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=255, unique=True)),
                    ('about', models.TextField(blank=True)),
                    ('retired_at', models.DateTimeField(null=True)),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Gate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('stage', models.CharField(max_length=16)),
                    ('position', models.PositiveIntegerField(default=0)),
                    ('name', models.CharField(max_length=255)),
                    ('task_uid', models.IntegerField(null=True)),
                    ('state', models.CharField(choices=[('open', 'open'), ('asked', 'asked'), ('go', 'go'), ('conditions', 'conditions'), ('no_go', 'no_go')], default='open', max_length=10)),
                    ('conditions', models.TextField(blank=True)),
                    ('asked_digest', models.CharField(blank=True, max_length=64)),
                    ('asked_for', models.CharField(blank=True, max_length=10)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('due_on', models.DateField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['project', 'position'], name='method_gates_of_project')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='RecurringTask',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('task_uid', models.IntegerField()),
                    ('name', models.CharField(max_length=255)),
                    ('rhythm', models.CharField(choices=[('weekly', 'weekly'), ('monthly_day', 'monthly_day'), ('monthly_weekday', 'monthly_weekday'), ('last_working_day', 'last_working_day')], max_length=16)),
                    ('interval', models.PositiveSmallIntegerField(default=1)),
                    ('weekdays', models.JSONField(default=list)),
                    ('day', models.PositiveSmallIntegerField(null=True)),
                    ('position', models.PositiveSmallIntegerField(null=True)),
                    ('duration', models.CharField(max_length=40)),
                    ('first', models.DateField()),
                    ('until', models.DateField(null=True)),
                    ('until_uid', models.IntegerField(null=True)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('people', models.CharField(blank=True, default='', max_length=1000)),
                ],
                options={
                    'indexes': [models.Index(fields=['project', 'id'], name='method_recurring_of_project')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='CheckItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('position', models.PositiveIntegerField()),
                    ('text', models.CharField(max_length=1000)),
                    ('done_at', models.DateTimeField(null=True)),
                    ('done_by', models.CharField(blank=True, max_length=255)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schedule.plantask')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('removed_at', None)), fields=['task', 'position'], name='method_checks_of_task')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Criterion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('position', models.PositiveIntegerField()),
                    ('text', models.CharField(max_length=1000)),
                    ('check_name', models.CharField(blank=True, max_length=40)),
                    ('must', models.BooleanField(default=False)),
                    ('met', models.BooleanField(null=True)),
                    ('said_by', models.CharField(blank=True, max_length=255)),
                    ('said_at', models.DateTimeField(null=True)),
                    ('waiver', models.TextField(blank=True)),
                    ('waived_by', models.CharField(blank=True, max_length=255)),
                    ('waived_at', models.DateTimeField(null=True)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('gate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='method.gate')),
                ],
                options={
                    'indexes': [models.Index(fields=['gate', 'position'], name='method_criteria_of_gate')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='GateDecision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('decision', models.CharField(choices=[('open', 'open'), ('asked', 'asked'), ('go', 'go'), ('conditions', 'conditions'), ('no_go', 'no_go')], max_length=10)),
                    ('reason', models.TextField(blank=True)),
                    ('conditions', models.TextField(blank=True)),
                    ('by', models.CharField(max_length=1000)),
                    ('at', models.DateTimeField()),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('gate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='method.gate')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='TemplateEdition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('body', models.JSONField()),
                    ('made_from', models.CharField(blank=True, max_length=255)),
                    ('made_by', models.CharField(max_length=255)),
                    ('made_at', models.DateTimeField()),
                    ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='method.projecttemplate')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('template', 'number'), name='method_edition_once')],
                },
            ),
            migrations.CreateModel(
                name='CriterionEvidence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.TextField(blank=True)),
                    ('document', models.BigIntegerField(null=True)),
                    ('record', models.CharField(blank=True, max_length=40)),
                    ('by', models.CharField(max_length=255)),
                    ('at', models.DateTimeField()),
                    ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='method.criterion')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
        ]),
    ]
