import django.db.models.deletion
import headway.kernel.search_models
from django.db import migrations, models
from headway.kernel.migrations._search_tables import make, make_titles, unmake, unmake_titles
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('kernel', '0001_initial'),
        ('kernel', '0002_jobs'),
        ('kernel', '0003_idempotency_done'),
        ('kernel', '0004_idempotency_claimed_at'),
        ('kernel', '0005_search_index'),
        ('kernel', '0006_search_titles'),
        ('kernel', '0007_changes_of_a_person'),
    ]

    initial = True

    dependencies = [
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='AuditChain',
                fields=[
                    ('scope', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('length', models.BigIntegerField(default=0)),
                    ('head', models.CharField(default='', max_length=64)),
                ],
                options={
                    'db_table': 'kernel_auditchain',
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Counter',
                fields=[
                    ('name', models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ('last', models.BigIntegerField(default=0)),
                ],
                options={
                    'db_table': 'kernel_counter',
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='AuditEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.BigIntegerField()),
                    ('sequence', models.BigIntegerField()),
                    ('at', models.DateTimeField()),
                    ('actor_id', models.BigIntegerField(null=True)),
                    ('actor_name', models.CharField(max_length=255)),
                    ('operated_by', models.CharField(blank=True, max_length=255)),
                    ('channel', models.CharField(max_length=16)),
                    ('use_case', models.CharField(max_length=120)),
                    ('reason', models.TextField(blank=True)),
                    ('correlation', models.CharField(max_length=64)),
                    ('detail', models.JSONField(default=dict)),
                    ('detail_digest', models.CharField(max_length=64)),
                    ('previous', models.CharField(max_length=64)),
                    ('digest', models.CharField(max_length=64)),
                ],
                options={
                    'db_table': 'kernel_auditentry',
                    'indexes': [models.Index(fields=['scope', '-sequence'], name='audit_newest_first'), models.Index(fields=['at'], name='audit_by_time'), models.Index(fields=['actor_id', '-at', '-id'], name='audit_of_person')],
                    'constraints': [models.UniqueConstraint(fields=('scope', 'sequence'), name='audit_one_place_each')],
                },
            ),
            migrations.CreateModel(
                name='IdempotencyKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('actor_id', models.BigIntegerField()),
                    ('operation', models.CharField(max_length=120)),
                    ('key', models.CharField(max_length=255)),
                    ('body_digest', models.CharField(max_length=64)),
                    ('answer', models.JSONField(null=True)),
                    ('at', models.DateTimeField()),
                    ('done', models.BooleanField(default=False)),
                    ('claimed_at', models.DateTimeField(null=True)),
                ],
                options={
                    'db_table': 'kernel_idempotencykey',
                    'constraints': [models.UniqueConstraint(fields=('actor_id', 'operation', 'key'), name='idempotency_once')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='StoredEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120)),
                    ('payload', models.JSONField()),
                    ('at', models.DateTimeField()),
                    ('correlation', models.CharField(max_length=64)),
                    ('done', models.BooleanField(default=False)),
                ],
                options={
                    'db_table': 'kernel_storedevent',
                    'indexes': [models.Index(fields=['done', 'id'], name='events_to_do')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='InstallationNote',
                fields=[
                    ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ('value', models.JSONField(default=dict)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'db_table': 'kernel_installationnote',
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='WorkerSeen',
                fields=[
                    ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('queues', models.CharField(max_length=200)),
                    ('started_at', models.DateTimeField()),
                    ('seen_at', models.DateTimeField()),
                ],
                options={
                    'db_table': 'kernel_workerseen',
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Job',
                fields=[
                    ('task', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='headway_job', serialize=False, to='django_tasks_database.dbtaskresult')),
                    ('name', models.CharField(max_length=120)),
                    ('outgoing', models.BooleanField(default=False)),
                    ('attempts', models.PositiveIntegerField(default=0)),
                    ('max_attempts', models.PositiveIntegerField(default=4)),
                    ('worker', models.CharField(blank=True, default='', max_length=64)),
                    ('lease_until', models.DateTimeField(null=True)),
                    ('cancel_requested', models.BooleanField(default=False)),
                    ('cancelled', models.BooleanField(default=False)),
                    ('progress_done', models.BigIntegerField(default=0)),
                    ('progress_total', models.BigIntegerField(null=True)),
                    ('progress_text', models.CharField(blank=True, default='', max_length=200)),
                    ('error', models.TextField(blank=True, default='')),
                ],
                options={
                    'db_table': 'kernel_job',
                    'indexes': [models.Index(fields=['lease_until'], name='job_leases')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='JobKey',
                fields=[
                    ('key', models.CharField(max_length=200, primary_key=True, serialize=False)),
                    ('task_id', models.UUIDField(null=True)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'db_table': 'kernel_jobkey',
                    'indexes': [models.Index(fields=['at'], name='job_keys_by_age')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='SearchEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=80)),
                    ('record_id', models.BigIntegerField()),
                    ('project_id', models.BigIntegerField(null=True)),
                    ('title', models.TextField()),
                    ('body', models.TextField(blank=True)),
                    ('title_words', headway.kernel.search_models.WordsField(weight='A')),
                    ('body_words', headway.kernel.search_models.WordsField(weight='B')),
                    ('letters', headway.kernel.search_models.LettersField()),
                ],
                options={
                    'db_table': 'kernel_searchentry',
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'record_id'), name='search_one_entry_each')],
                },
            ),
            migrations.CreateModel(
                name='FieldChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=80)),
                    ('record_id', models.BigIntegerField()),
                    ('field', models.CharField(blank=True, max_length=80)),
                    ('old', models.JSONField(null=True)),
                    ('new', models.JSONField(null=True)),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.auditentry')),
                ],
                options={
                    'db_table': 'kernel_fieldchange',
                    'indexes': [models.Index(fields=['kind', 'record_id', '-id'], name='history_of_record')],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='ReactionDone',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reaction', models.CharField(max_length=200)),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='kernel.storedevent')),
                ],
                options={
                    'db_table': 'kernel_reactiondone',
                    'constraints': [models.UniqueConstraint(fields=('event', 'reaction'), name='reaction_once_per_event')],
                    'indexes': [],
                },
            ),
        ]),
        migrations.RunPython(make, unmake),
        migrations.RunPython(make_titles, unmake_titles),
    ]
