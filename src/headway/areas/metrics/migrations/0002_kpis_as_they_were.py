import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0001_initial'),
        ('people', '0003_leave'),
    ]

    operations = [
        migrations.CreateModel(
            name='KpiEarlier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('name', models.CharField(max_length=255)),
                ('goal', models.TextField(blank=True)),
                ('basis', models.CharField(blank=True, max_length=1000)),
                ('stale_minutes', models.PositiveIntegerField(null=True)),
                ('minimum_n', models.PositiveIntegerField()),
                ('least', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                ('most', models.DecimalField(decimal_places=6, max_digits=30, null=True)),
                ('hours', models.CharField(max_length=255)),
                ('zone', models.CharField(max_length=64)),
                ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.kpi')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
