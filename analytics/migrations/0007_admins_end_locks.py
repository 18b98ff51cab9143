"""The group Admin may look at failed logins and end the lock that they made."""

from importlib import import_module

from django.db import migrations

groups = import_module("analytics.migrations.0006_groups")

LOGINS = ("axes.view_accessattempt", "axes.delete_accessattempt")


def give(apps, schema_editor):
    using = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(using).filter(name="Admin").first()
    if group is not None:
        group.permissions.add(*(groups.ensure_permission(apps, name, using) for name in LOGINS))


def take(apps, schema_editor):
    using = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(using).filter(name="Admin").first()
    if group is not None:
        group.permissions.remove(*(groups.ensure_permission(apps, name, using) for name in LOGINS))


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0006_groups"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [migrations.RunPython(give, take)]
