import django.db.models.deletion
import headway.kernel.fields
from django.db import migrations, models
from headway.kernel.database.create_models import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('estimates', '0001_versions_and_lines'),
        ('estimates', '0002_sent_for_approval'),
    ]

    initial = True

    dependencies = [
        ('projects', '0002_bookmarks'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Estimate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('title', models.CharField(max_length=255)),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('asked', 'asked'), ('approved', 'approved'), ('superseded', 'superseded')], default='draft', max_length=10)),
                    ('kind', models.CharField(choices=[('order of magnitude', 'order of magnitude'), ('budget', 'budget'), ('definitive', 'definitive')], max_length=18)),
                    ('basis', models.CharField(blank=True, choices=[('analogy', 'analogy'), ('parametric', 'parametric'), ('bottom-up', 'bottom-up')], max_length=10)),
                    ('basis_note', models.TextField(blank=True)),
                    ('valid_until', models.DateField(null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('assumptions', models.TextField(blank=True)),
                    ('exclusions', models.TextField(blank=True)),
                    ('together', models.CharField(choices=[('independent', 'independent'), ('somewhat', 'somewhat'), ('wholly', 'wholly')], default='independent', max_length=11)),
                    ('calibration', models.JSONField(null=True)),
                    ('risks', models.JSONField(null=True)),
                    ('made_by', models.CharField(max_length=255)),
                    ('made_by_user', models.BigIntegerField(null=True)),
                    ('approved_by', models.CharField(blank=True, max_length=255)),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('note', models.TextField(blank=True)),
                    ('plan_change', models.BigIntegerField(null=True)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ],
                options={
                    'indexes': [],
                    'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='estimates_number'), models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('project',), name='estimates_one_approved')],
                },
            ),
            migrations.CreateModel(
                name='EstimateLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('level', models.PositiveSmallIntegerField(default=1)),
                    ('name', models.CharField(max_length=255)),
                    ('unit', models.CharField(choices=[('hours', 'hours'), ('money', 'money')], default='hours', max_length=5)),
                    ('role', models.CharField(blank=True, max_length=255)),
                    ('optimistic', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                    ('likely', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                    ('pessimistic', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                    ('rate', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                    ('typed', models.BooleanField(default=False)),
                    ('cost_rate', headway.kernel.fields.AmountField(decimal_places=6, max_digits=20, null=True)),
                    ('assumptions', models.CharField(blank=True, max_length=1000)),
                    ('exclusions', models.CharField(blank=True, max_length=1000)),
                    ('task_uid', models.PositiveIntegerField(null=True)),
                    ('estimate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='estimates.estimate')),
                ],
                options={
                    'indexes': [models.Index(fields=['estimate', 'position'], name='estimates_lines_in_order')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('likely', None), ('optimistic', None), ('pessimistic', None)), models.Q(('likely__gte', models.F('optimistic')), ('optimistic__gte', 0), ('pessimistic__gte', models.F('likely'))), _connector='OR'), name='estimates_points_in_order')],
                },
            ),
        ]),
    ]
