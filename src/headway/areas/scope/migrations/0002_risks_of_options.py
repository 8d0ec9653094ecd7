import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_bookmarks'),
        ('scope', '0001_statement_and_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='OptionRisk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scope.changeoption')),
                ('risk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.risk')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('option', 'risk'), name='scope_option_risk_once')],
            },
        ),
    ]
