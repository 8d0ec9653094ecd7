import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('projects', '0001_initial'),
        ('projects', '0002_bookmarks'),
        ('projects', '0003_risks_in_full'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('people', '0002_holidays'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Project',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('key', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z][A-Z0-9-]*$')])),
                    ('name', models.CharField(max_length=255)),
                    ('stage', models.CharField(choices=[('concept', 'concept'), ('planning', 'planning'), ('delivery', 'delivery'), ('closing', 'closing'), ('closed', 'closed')], default='concept', max_length=16)),
                    ('purpose', models.TextField(blank=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('time_zone', models.CharField(max_length=64)),
                    ('starts_on', models.DateField(null=True)),
                    ('ends_on', models.DateField(null=True)),
                    ('hours_tracked', models.BooleanField(default=True)),
                    ('rag_limits', models.JSONField(default=dict)),
                    ('client', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                    ('manager', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [models.Index(fields=['name', 'id'], name='projects_by_name')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(max_length=16)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [models.Index(fields=['person', 'project'], name='projects_of_person')],
                    'constraints': [models.UniqueConstraint(fields=('project', 'person', 'role'), name='projects_role_once')],
                },
            ),
            migrations.CreateModel(
                name='Issue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=8)),
                    ('title', models.CharField(max_length=255)),
                    ('description', models.TextField(blank=True)),
                    ('severity', models.CharField(choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high'), ('critical', 'critical')], default='medium', max_length=8)),
                    ('due', models.DateField(null=True)),
                    ('resolution', models.TextField(blank=True)),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='projects_issue_number')],
                },
            ),
            migrations.CreateModel(
                name='ImportBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('kind', models.CharField(max_length=20)),
                    ('file_id', models.BigIntegerField()),
                    ('file_name', models.CharField(max_length=255)),
                    ('state', models.CharField(choices=[('reading', 'reading'), ('preview', 'preview'), ('failed', 'failed'), ('applied', 'applied'), ('undone', 'undone')], default='reading', max_length=10)),
                    ('answers', models.JSONField(default=dict)),
                    ('mapping', models.JSONField(default=dict)),
                    ('parsed', models.JSONField(null=True)),
                    ('preview', models.JSONField(default=dict)),
                    ('undo', models.JSONField(null=True)),
                    ('created_by', models.CharField(max_length=255)),
                    ('applied_at', models.DateTimeField(null=True)),
                    ('undone_at', models.DateTimeField(null=True)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [models.Index(fields=['project', '-id'], name='projects_imports_newest')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='HealthOverride',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('dimension', models.CharField(max_length=40)),
                    ('colour', models.CharField(max_length=8)),
                    ('computed', models.CharField(max_length=16)),
                    ('reason', models.TextField()),
                    ('set_by', models.CharField(max_length=255)),
                    ('approved_by', models.CharField(blank=True, max_length=255)),
                    ('lifted_at', models.DateTimeField(null=True)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=8)),
                    ('question', models.CharField(max_length=1000)),
                    ('options', models.JSONField(default=list)),
                    ('recommendation', models.TextField(blank=True)),
                    ('decide_by', models.DateField(null=True)),
                    ('cost_of_waiting', models.TextField(blank=True)),
                    ('outcome', models.TextField(blank=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_by', models.CharField(blank=True, max_length=255)),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='projects_decision_number')],
                },
            ),
            migrations.CreateModel(
                name='CharterLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=16)),
                    ('position', models.PositiveIntegerField()),
                    ('text', models.CharField(max_length=1000)),
                    ('measure', models.CharField(blank=True, max_length=1000)),
                    ('target', models.CharField(blank=True, max_length=1000)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'kind', 'position'), name='projects_line_once')],
                },
            ),
            migrations.CreateModel(
                name='Assumption',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=8)),
                    ('text', models.TextField()),
                    ('check_by', models.DateField(null=True)),
                    ('outcome', models.TextField(blank=True)),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='projects_assumption_number')],
                },
            ),
            migrations.CreateModel(
                name='Stakeholder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=255)),
                    ('organisation', models.CharField(blank=True, max_length=255)),
                    ('interest', models.PositiveSmallIntegerField(default=3)),
                    ('power', models.PositiveSmallIntegerField(default=3)),
                    ('engagement', models.CharField(choices=[('unaware', 'unaware'), ('resistant', 'resistant'), ('neutral', 'neutral'), ('supportive', 'supportive'), ('leading', 'leading')], default='neutral', max_length=16)),
                    ('desired', models.CharField(choices=[('unaware', 'unaware'), ('resistant', 'resistant'), ('neutral', 'neutral'), ('supportive', 'supportive'), ('leading', 'leading')], default='supportive', max_length=16)),
                    ('raci', models.CharField(choices=[('R', 'R'), ('A', 'A'), ('C', 'C'), ('I', 'I')], default='I', max_length=1)),
                    ('notes', models.TextField(blank=True)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Bookmark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starred_at', models.DateTimeField(null=True)),
                    ('opened_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [models.Index(fields=['person', '-opened_at'], name='projects_opened_newest')],
                    'constraints': [models.UniqueConstraint(fields=('project', 'person'), name='projects_bookmark_once')],
                },
            ),
            migrations.CreateModel(
                name='Risk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=8)),
                    ('title', models.CharField(max_length=255)),
                    ('cause', models.TextField(blank=True)),
                    ('effect', models.TextField(blank=True)),
                    ('probability', models.PositiveSmallIntegerField()),
                    ('impact', models.PositiveSmallIntegerField()),
                    ('response', models.TextField(blank=True)),
                    ('response_due', models.DateField(null=True)),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('category', models.CharField(blank=True, default='', max_length=60)),
                    ('days', models.JSONField(default=list)),
                    ('issue', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.issue')),
                    ('kind', models.CharField(choices=[('threat', 'threat'), ('opportunity', 'opportunity')], default='threat', max_length=11)),
                    ('money', models.JSONField(default=list)),
                    ('outcome', models.TextField(blank=True, default='')),
                    ('percent', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('residual_days', models.JSONField(default=list)),
                    ('residual_impact', models.PositiveSmallIntegerField(null=True)),
                    ('residual_percent', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                    ('residual_probability', models.PositiveSmallIntegerField(null=True)),
                    ('response_kind', models.CharField(choices=[('avoid', 'avoid'), ('mitigate', 'mitigate'), ('transfer', 'transfer'), ('exploit', 'exploit'), ('enhance', 'enhance'), ('share', 'share'), ('accept', 'accept')], max_length=8, null=True)),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='projects_risk_number'), models.CheckConstraint(condition=models.Q(('impact__range', (1, 5)), ('probability__range', (1, 5))), name='projects_risk_scale'), models.CheckConstraint(condition=models.Q(('residual_probability__range', (1, 5)), ('residual_probability', None), _connector='OR'), name='projects_risk_residual_probability'), models.CheckConstraint(condition=models.Q(('residual_impact__range', (1, 5)), ('residual_impact', None), _connector='OR'), name='projects_risk_residual_impact')],
                },
            ),
        ]),
    ]
