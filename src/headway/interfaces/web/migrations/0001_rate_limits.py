"""The table of rate limits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="CacheEntry",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires_at", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "web_cache",
                "indexes": [models.Index(fields=["expires_at"], name="web_cache_by_expiry")],
            },
            managers=[("entries", models.Manager())],
        ),
    ]
