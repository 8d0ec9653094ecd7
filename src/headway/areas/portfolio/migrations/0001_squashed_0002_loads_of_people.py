import django.db.models.deletion
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('portfolio', '0001_standings_and_views'),
        ('portfolio', '0002_loads_of_people'),
    ]

    initial = True

    dependencies = [
        ('people', '0002_holidays'),
        ('projects', '0002_bookmarks'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('name', models.CharField(max_length=120)),
                    ('owner_user', models.BigIntegerField()),
                    ('owner', models.CharField(max_length=255)),
                    ('settings', models.JSONField(default=dict)),
                    ('sharing', models.CharField(choices=[('own', 'own'), ('team', 'team'), ('everyone', 'everyone')], default='own', max_length=8)),
                    ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('owner_user', 'name'), name='portfolio_view_name_once')],
                },
            ),
            migrations.CreateModel(
                name='StoredStanding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('computed_at', models.DateTimeField()),
                    ('as_of', models.DateField()),
                    ('changes', models.BigIntegerField()),
                    ('figures', models.JSONField()),
                    ('past', models.JSONField(default=dict)),
                    ('health', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('grey', 'grey'), ('not_measured', 'not_measured')], max_length=12)),
                    ('health_open', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('grey', 'grey'), ('not_measured', 'not_measured')], max_length=12)),
                    ('milestone_on', models.DateField(null=True)),
                    ('finish', models.DateField(null=True)),
                    ('late_days', models.IntegerField(null=True)),
                    ('percent_complete', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                    ('percent_spent', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                    ('spent', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                    ('budget', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                    ('forecast', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                    ('over_capacity', models.PositiveIntegerField(default=0)),
                    ('high_risks', models.PositiveIntegerField(default=0)),
                    ('decisions_overdue', models.PositiveIntegerField(default=0)),
                    ('last_report_on', models.DateField(null=True)),
                    ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                    ('loads', models.JSONField(null=True)),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='DefaultView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.BigIntegerField(unique=True)),
                    ('view', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portfolio.savedview')),
                ],
                options={
                    'abstract': False,
                    'indexes': [],
                    'constraints': [],
                },
            ),
            migrations.CreateModel(
                name='StandingWeek',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first', models.DateField()),
                    ('health', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('grey', 'grey'), ('not_measured', 'not_measured')], max_length=12)),
                    ('health_open', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('grey', 'grey'), ('not_measured', 'not_measured')], max_length=12)),
                    ('late_days', models.IntegerField(null=True)),
                    ('percent_complete', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                    ('percent_spent', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                    ('standing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portfolio.storedstanding')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('standing', 'first'), name='portfolio_one_reading_a_week')],
                },
            ),
        ]),
    ]
