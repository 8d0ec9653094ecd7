import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('people', '0001_initial'),
        ('people', '0002_holidays'),
        ('people', '0003_leave'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Team',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=255, unique=True)),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254)),
                    ('name', models.CharField(max_length=255)),
                    ('org_role', models.CharField(choices=[('administrator', 'administrator'), ('senior_reader', 'senior_reader'), ('approver', 'approver'), ('manager', 'manager'), ('associate', 'associate'), ('member', 'member'), ('tester', 'tester'), ('client', 'client'), ('guest', 'guest')], max_length=16)),
                    ('is_active', models.BooleanField(default=True)),
                    ('second_factor_waived', models.BooleanField(default=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='people_user_one_email')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=255, unique=True)),
                    ('kind', models.CharField(choices=[('own', 'own'), ('client', 'client'), ('partner', 'partner')], max_length=16)),
                    ('currency', models.CharField(default='USD', max_length=3)),
                    ('time_zone', models.CharField(default='UTC', max_length=64)),
                    ('spelling', models.CharField(choices=[('us', 'American'), ('gb', 'British')], default='us', max_length=2)),
                    ('self_approval', models.BooleanField(default=False)),
                    ('second_factor', models.BooleanField(default=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'own')), fields=('kind',), name='people_one_own_organisation')],
                    'indexes': [],
                },
            ),
            migrations.CreateModel(
                name='Holiday',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('day', models.DateField(unique=True)),
                    ('name', models.CharField(max_length=255)),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='AccessToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=255)),
                    ('secret_hash', models.CharField(max_length=64, unique=True)),
                    ('scopes', models.JSONField(default=list)),
                    ('project_ids', models.JSONField(null=True)),
                    ('expires_at', models.DateTimeField(null=True)),
                    ('last_used_on', models.DateField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=255)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('job_title', models.CharField(blank=True, max_length=255)),
                    ('active', models.BooleanField(default=True)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                    ('user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['name', 'id'], name='people_person_by_name')],
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='people_person_one_email')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('org_role', models.CharField(choices=[('administrator', 'administrator'), ('senior_reader', 'senior_reader'), ('approver', 'approver'), ('manager', 'manager'), ('associate', 'associate'), ('member', 'member'), ('tester', 'tester'), ('client', 'client'), ('guest', 'guest')], max_length=16)),
                    ('secret_hash', models.CharField(max_length=64, unique=True)),
                    ('expires_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='PersonAlias',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('source', models.CharField(max_length=40)),
                    ('text', models.CharField(max_length=255)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('source', 'text'), name='people_alias_once')],
                },
            ),
            migrations.CreateModel(
                name='TeamMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.team')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('team', 'person'), name='people_team_member_once')],
                },
            ),
            migrations.CreateModel(
                name='Leave',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('first', models.DateField()),
                    ('last', models.DateField()),
                    ('starts_half', models.BooleanField(default=False)),
                    ('ends_half', models.BooleanField(default=False)),
                    ('kind', models.CharField(choices=[('holiday', 'holiday'), ('sick', 'sick'), ('parental', 'parental'), ('training', 'training'), ('other', 'other')], max_length=10)),
                    ('note', models.CharField(blank=True, max_length=1000)),
                    ('state', models.CharField(choices=[('asked', 'asked'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='asked', max_length=10)),
                    ('decided_by', models.CharField(blank=True, max_length=255)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('reason', models.TextField(blank=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ],
                options={
                    'indexes': [models.Index(fields=['state', 'first', 'last'], name='people_leave_by_days'), models.Index(fields=['person', 'first'], name='people_leave_of_person')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='people_leave_ends_after')],
                },
            ),
        ]),
    ]
