import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('capacity', '0001_loads_and_proposals'),
        ('capacity', '0002_changes_of_accepted_plans'),
    ]

    initial = True

    dependencies = [
        ('projects', '0002_bookmarks'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='KeptLoads',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('computed_at', models.DateTimeField()),
                    ('stamp', models.CharField(blank=True, max_length=32)),
                    ('first', models.DateField()),
                    ('people', models.JSONField(default=list)),
                    ('packed', models.TextField()),
                    ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('asked', models.JSONField(default=dict)),
                    ('made_by', models.BigIntegerField(null=True)),
                    ('made_by_name', models.CharField(max_length=255)),
                    ('state', models.CharField(choices=[('waiting', 'waiting'), ('working', 'working'), ('ready', 'ready'), ('failed', 'failed'), ('stopped', 'stopped'), ('accepted', 'accepted'), ('discarded', 'discarded')], default='waiting', max_length=12)),
                    ('job', models.CharField(blank=True, max_length=64)),
                    ('fault', models.TextField(blank=True)),
                    ('note', models.TextField(blank=True)),
                    ('computed_at', models.DateTimeField(null=True)),
                    ('decided_by_name', models.CharField(blank=True, max_length=255)),
                    ('decided_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['state', '-id'], name='capacity_proposals_by_state')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='ProposalPlan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('place', models.PositiveIntegerField()),
                    ('stamp', models.CharField(blank=True, max_length=32)),
                    ('moves', models.JSONField(default=dict)),
                    ('told', models.JSONField(null=True)),
                    ('taken', models.JSONField(default=list)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='capacity.proposal')),
                    ('change', models.BigIntegerField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('proposal', 'project'), name='capacity_plan_once_a_proposal')],
                    'indexes': [],
                },
            ),
        ]),
    ]
