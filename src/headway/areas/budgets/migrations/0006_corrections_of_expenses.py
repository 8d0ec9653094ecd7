import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budgets', '0005_hours_of_invoices'),
    ]

    operations = [
        migrations.AddField(
            model_name='expense',
            name='corrects',
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgets.expense'
            ),
        ),
        migrations.AddField(
            model_name='expense',
            name='counter',
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveConstraint(
            model_name='expense',
            name='budgets_expense_above_0',
        ),
        migrations.AddConstraint(
            model_name='expense',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('amount__gt', 0), ('counter', False), ('markup__gte', 0)),
                    models.Q(
                        ('amount__lt', 0), ('corrects__isnull', False), ('counter', True), ('markup__gte', 0)
                    ),
                    _connector='OR',
                ),
                name='budgets_expense_amount',
            ),
        ),
        migrations.AddConstraint(
            model_name='expense',
            constraint=models.UniqueConstraint(
                condition=models.Q(('corrects__isnull', False), ('removed_at', None)),
                fields=('corrects', 'counter'),
                name='budgets_expense_corrected_once',
            ),
        ),
    ]
