import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comms', '0006_mails_taken_back'),
        ('people', '0002_holidays'),
    ]

    operations = [
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
        migrations.AddField(
            model_name='mail',
            name='headers',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='mail',
            name='html',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='mailed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='more',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='notice',
            name='others',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='notice',
            name='shown_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='notice',
            name='urgent',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='notice',
            name='reason',
            field=models.CharField(choices=[('assigned', 'assigned'), ('mentioned', 'mentioned'), ('due', 'due'), ('approval', 'approval'), ('decided', 'decided'), ('moved', 'moved'), ('joined', 'joined'), ('delegated', 'delegated'), ('answered', 'answered'), ('asked', 'asked'), ('followed', 'followed')], max_length=12),
        ),
        migrations.RemoveIndex(
            model_name='notice',
            name='comms_inbox',
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['person', '-shown_at', '-id'], name='comms_inbox'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('archived_at', None), ('mailed_at', None), ('read_at', None)), fields=['person', 'shown_at'], name='comms_to_mail'),
        ),
        # What was told before there were mails of notices stays in the inboxes alone.
        migrations.RunSQL('UPDATE comms_notice SET shown_at = "at", mailed_at = "at"', migrations.RunSQL.noop),
    ]
