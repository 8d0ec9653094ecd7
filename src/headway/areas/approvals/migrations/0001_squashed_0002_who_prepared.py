import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('approvals', '0001_initial'),
        ('approvals', '0002_who_prepared'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Approval',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('project_id', models.BigIntegerField(null=True)),
                    ('subject', models.CharField(max_length=80)),
                    ('subject_id', models.BigIntegerField()),
                    ('title', models.CharField(max_length=255)),
                    ('shown', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('requested_by', models.CharField(max_length=255)),
                    ('requested_by_user', models.BigIntegerField(null=True)),
                    ('due', models.DateField(null=True)),
                    ('quorum', models.PositiveSmallIntegerField(default=1)),
                    ('state', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='pending', max_length=10)),
                    ('self_approved', models.BooleanField(default=False)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('prepared_by_user', models.BigIntegerField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['subject', 'subject_id'], name='approvals_of_subject'), models.Index(fields=['project_id', 'state'], name='approvals_of_project')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='ApprovalVote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('vote', models.CharField(blank=True, max_length=8)),
                    ('reason', models.TextField(blank=True)),
                    ('voted_at', models.DateTimeField(null=True)),
                    ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='approvals.approval')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('approval', 'person'), name='approvals_vote_once')],
                    'indexes': [],
                },
            ),
        ]),
    ]
