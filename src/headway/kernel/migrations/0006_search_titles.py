from django.db import migrations
from headway.kernel.migrations._search_tables import make_titles, unmake_titles


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0005_search_index"),
    ]

    operations = [migrations.RunPython(make_titles, unmake_titles)]
