"""When a journey began to work on an idempotency key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("kernel", "0003_idempotency_done")]

    operations = [
        migrations.AddField("idempotencykey", "claimed_at", models.DateTimeField(null=True)),
    ]
