import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('comms', '0001_initial'),
        ('comms', '0002_notices'),
        ('comms', '0003_content_made_by_the_delivery'),
        ('comms', '0004_comments'),
        ('comms', '0005_what_the_outbox_shows'),
        ('comms', '0006_mails_taken_back'),
        ('comms', '0007_following_digests_and_lines_of_many'),
    ]

    initial = True

    dependencies = [
        ('files', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '0002_holidays'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Mail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('project_id', models.BigIntegerField(null=True)),
                    ('event_key', models.CharField(max_length=120, unique=True)),
                    ('subject_kind', models.CharField(blank=True, max_length=80)),
                    ('subject_id', models.BigIntegerField(default=0)),
                    ('approval_id', models.BigIntegerField(null=True)),
                    ('message_id', models.CharField(max_length=255, unique=True)),
                    ('sender', models.CharField(max_length=320)),
                    ('recipients', models.JSONField(default=list)),
                    ('subject', models.CharField(max_length=998)),
                    ('body', models.TextField()),
                    ('attachments', models.JSONField(default=list)),
                    ('content_id', models.BigIntegerField(null=True)),
                    ('state', models.CharField(choices=[('queued', 'queued'), ('held', 'held'), ('sent', 'sent'), ('failed', 'failed'), ('dropped', 'dropped')], default='queued', max_length=8)),
                    ('attempts', models.PositiveIntegerField(default=0)),
                    ('last_error', models.TextField(blank=True)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('shown', models.TextField(blank=True)),
                    ('headers', models.JSONField(default=dict)),
                    ('html', models.TextField(blank=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'id'], name='comms_to_send')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('approval_id__isnull', False), ('event_key__startswith', 'system:'), _connector='OR'), name='comms_nothing_leaves_unapproved')],
                },
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('reason', models.CharField(choices=[('assigned', 'assigned'), ('mentioned', 'mentioned'), ('due', 'due'), ('approval', 'approval'), ('decided', 'decided'), ('moved', 'moved'), ('joined', 'joined'), ('delegated', 'delegated'), ('answered', 'answered'), ('asked', 'asked'), ('followed', 'followed')], max_length=12)),
                    ('about_kind', models.CharField(max_length=80)),
                    ('about_id', models.BigIntegerField()),
                    ('project_id', models.BigIntegerField(null=True)),
                    ('text', models.CharField(max_length=500)),
                    ('by', models.CharField(blank=True, max_length=255)),
                    ('once', models.CharField(blank=True, max_length=160)),
                    ('at', models.DateTimeField()),
                    ('read_at', models.DateTimeField(null=True)),
                    ('archived_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('mailed_at', models.DateTimeField(null=True)),
                    ('more', models.PositiveIntegerField(default=0)),
                    ('others', models.JSONField(default=list)),
                    ('shown_at', models.DateTimeField()),
                    ('urgent', models.BooleanField(default=False)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('archived_at', None), ('read_at', None)), fields=['person', 'about_kind', 'about_id'], name='comms_unread'), models.Index(fields=['person', '-shown_at', '-id'], name='comms_inbox'), models.Index(condition=models.Q(('archived_at', None), ('mailed_at', None), ('read_at', None)), fields=['person', 'shown_at'], name='comms_to_mail')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('once', ''), _negated=True), fields=('person', 'once'), name='comms_told_once')],
                },
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('project_id', models.BigIntegerField()),
                    ('about_kind', models.CharField(max_length=80)),
                    ('about_id', models.BigIntegerField()),
                    ('author_name', models.CharField(max_length=255)),
                    ('body', models.TextField()),
                    ('mentions', models.JSONField(default=list)),
                    ('edited_at', models.DateTimeField(null=True)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comms.comment')),
                ],
                options={
                    'indexes': [models.Index(fields=['about_kind', 'about_id', '-id'], name='comms_said_about'), models.Index(fields=['parent', 'id'], name='comms_answers')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='ReadMark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('about_kind', models.CharField(max_length=80)),
                    ('about_id', models.BigIntegerField()),
                    ('upto', models.BigIntegerField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('person', 'about_kind', 'about_id'), name='comms_read_upto_once')],
                },
            ),
            migrations.CreateModel(
                name='NoticeSettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                    ('digest', models.CharField(choices=[('weekly', 'weekly'), ('daily', 'daily'), ('none', 'none')], default='weekly', max_length=8)),
                    ('zone', models.CharField(blank=True, max_length=64)),
                    ('work_days', models.JSONField(default=list)),
                    ('starts', models.CharField(max_length=5)),
                    ('ends', models.CharField(max_length=5)),
                    ('away_from', models.DateField(null=True)),
                    ('away_until', models.DateField(null=True)),
                    ('silent', models.JSONField(default=list)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('starts__lt', models.F('ends'))), name='comms_day_has_hours')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='Watch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                    ('about_kind', models.CharField(max_length=80)),
                    ('about_id', models.BigIntegerField()),
                    ('project_id', models.BigIntegerField()),
                    ('how', models.CharField(choices=[('followed', 'followed'), ('muted', 'muted')], max_length=8)),
                ],
                options={
                    'indexes': [models.Index(fields=['about_kind', 'about_id'], name='comms_watched')],
                    'constraints': [models.UniqueConstraint(fields=('person', 'about_kind', 'about_id'), name='comms_watched_once')],
                },
            ),
            migrations.CreateModel(
                name='CommentFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('media_type', models.CharField(max_length=120)),
                    ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comms.comment')),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('comment', 'file'), name='comms_file_once_a_comment')],
                },
            ),
        ]),
    ]
