from django.db import migrations


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE INDEX kernel_search_titles ON kernel_searchentry USING gin (title_words)")


def drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS kernel_search_titles")


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0005_search_index"),
    ]

    operations = [migrations.RunPython(make, drop)]
