import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('deliverables', '0001_initial'),
        ('deliverables', '0002_who_made'),
        ('deliverables', '0003_overall_of_snapshots'),
        ('deliverables', '0004_uploaded_documents'),
        ('deliverables', '0005_report_templates'),
        ('deliverables', '0006_preparations'),
        ('deliverables', '0007_parts_of_snapshots'),
    ]

    initial = True

    dependencies = [
        ('files', '0001_initial'),
        ('people', '0002_holidays'),
        ('projects', '0001_initial'),
        ('projects', '0002_bookmarks'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('kind', models.CharField(max_length=40)),
                    ('audience', models.CharField(max_length=16)),
                    ('title', models.CharField(max_length=255)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'kind', 'audience'), name='deliverables_document_once')],
                },
            ),
            migrations.CreateModel(
                name='Snapshot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('kind', models.CharField(max_length=40)),
                    ('as_of', models.DateField()),
                    ('audience', models.CharField(max_length=16)),
                    ('data', models.JSONField(null=True)),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('made_by', models.CharField(max_length=255)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('overall', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('grey', 'grey'), ('not measured', 'not measured')], max_length=12, null=True)),
                    ('finish', models.DateField(null=True)),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='deliverables_snapshot_number')],
                },
            ),
            migrations.CreateModel(
                name='UploadedDocument',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('title', models.CharField(max_length=255)),
                    ('kind', models.CharField(choices=[('brief', 'brief'), ('contract', 'contract'), ('specification', 'specification'), ('design', 'design'), ('plan', 'plan'), ('minutes', 'minutes'), ('evidence', 'evidence'), ('other', 'other')], max_length=16)),
                    ('note', models.TextField(blank=True)),
                    ('readers', models.CharField(choices=[('team', 'team'), ('leaders', 'leaders')], max_length=8)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='ReportTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('title', models.CharField(blank=True, max_length=120)),
                    ('confidential', models.CharField(blank=True, max_length=120)),
                    ('sections', models.JSONField(default=list)),
                    ('logo_of', models.CharField(blank=True, max_length=255)),
                    ('client', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                    ('logo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('client', None)), name='deliverables_one_house_template')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='DocumentVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('in review', 'in review'), ('approved', 'approved'), ('rejected', 'rejected'), ('sent', 'sent')], default='draft', max_length=10)),
                    ('tree', models.JSONField(default=dict)),
                    ('claims', models.JSONField(default=dict)),
                    ('files_digest', models.CharField(max_length=64)),
                    ('digest', models.CharField(max_length=64)),
                    ('recipients', models.JSONField(default=list)),
                    ('mail_subject', models.CharField(blank=True, max_length=500)),
                    ('mail_body', models.TextField(blank=True)),
                    ('made_by', models.CharField(max_length=255)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deliverables.document')),
                    ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deliverables.snapshot')),
                    ('made_by_user', models.BigIntegerField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['document', '-number'], name='deliverables_newest_version')],
                    'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='deliverables_version_number')],
                },
            ),
            migrations.CreateModel(
                name='UploadedVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('file_name', models.CharField(max_length=255)),
                    ('media_type', models.CharField(max_length=120)),
                    ('note', models.TextField(blank=True)),
                    ('state', models.CharField(choices=[('inside', 'inside'), ('asked', 'asked'), ('shared', 'shared'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='inside', max_length=9)),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('made_by', models.CharField(max_length=255)),
                    ('made_by_user', models.BigIntegerField(null=True)),
                    ('shared_at', models.DateTimeField(null=True)),
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deliverables.uploadeddocument')),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='deliverables_upload_number')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='SnapshotPart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('report', models.CharField(max_length=40)),
                    ('kind', models.CharField(max_length=40)),
                    ('title', models.CharField(max_length=255)),
                    ('file_name', models.CharField(max_length=255)),
                    ('audience', models.CharField(max_length=16)),
                    ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deliverables.snapshot')),
                    ('tree', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('snapshot', 'kind'), name='deliverables_part_once')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='VersionFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('format', models.CharField(max_length=8)),
                    ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                    ('final', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deliverables.documentversion')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('version', 'format'), name='deliverables_format_once')],
                },
            ),
            migrations.CreateModel(
                name='Preparation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('kind', models.CharField(max_length=40)),
                    ('as_of', models.DateField(null=True)),
                    ('audience', models.CharField(max_length=16)),
                    ('formats', models.JSONField(default=list)),
                    ('job', models.CharField(blank=True, max_length=36)),
                    ('asked_by', models.CharField(max_length=255)),
                    ('asked_by_user', models.BigIntegerField(null=True)),
                    ('fault', models.TextField(blank=True)),
                    ('stopped_by', models.CharField(blank=True, max_length=255)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ('result', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deliverables.documentversion')),
                    ('snapshot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deliverables.snapshot')),
                ],
                options={
                    'indexes': [models.Index(fields=['project', '-id'], name='deliverables_preparations')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('result', None), models.Q(('fault', ''), ('stopped_by', '')), _connector='OR'), name='deliverables_one_outcome')],
                },
            ),
        ]),
    ]
