from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_search_titles")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["actor_id", "-at", "-id"], name="audit_of_person"),
        ),
    ]
