"""Four groups with the permissions of their work: docs/operations.md has them as a table."""

from django.db import migrations

SESSIONS, ANALYTICS, AUTH = "interview_sessions", "analytics", "auth"

# The whole record of an interview, which an export takes, and its sound.
RECORD = (
    f"{SESSIONS}.view_interviewsession",
    f"{SESSIONS}.view_interviewquestion",
    f"{SESSIONS}.view_userresponse",
    f"{SESSIONS}.play_audio",
    f"{SESSIONS}.view_transcript",
    f"{ANALYTICS}.view_feedback",
    f"{ANALYTICS}.view_interviewanalytics",
)
GROUPS = {
    "Recruiter": (
        *RECORD,
        f"{SESSIONS}.add_interviewsession",
        f"{SESSIONS}.change_interviewsession",
        f"{SESSIONS}.correct_transcript",
        f"{SESSIONS}.add_invitation",
        f"{SESSIONS}.change_invitation",
        f"{SESSIONS}.view_invitation",
        f"{SESSIONS}.view_bankquestion",
        f"{ANALYTICS}.view_dashboardstats",
        f"{ANALYTICS}.view_review",
        f"{ANALYTICS}.add_reviewassignment",
        f"{ANALYTICS}.change_reviewassignment",
        f"{ANALYTICS}.delete_reviewassignment",
        f"{ANALYTICS}.view_reviewassignment",
        f"{ANALYTICS}.view_rubriccategory",
    ),
    # Who reviews does not hold see_scores: others' scores stay hidden until their own are in.
    "Reviewer": (
        *RECORD,
        f"{SESSIONS}.correct_transcript",
        f"{ANALYTICS}.add_review",
        f"{ANALYTICS}.view_rubriccategory",
    ),
    # What is held of a person, who has looked at it, and whose access to end.
    "Privacy officer": (
        *RECORD,
        f"{ANALYTICS}.view_dashboardstats",
        f"{ANALYTICS}.view_review",
        f"{SESSIONS}.view_accessrecord",
        f"{SESSIONS}.change_accessgrant",
        f"{SESSIONS}.view_accessgrant",
        f"{SESSIONS}.change_invitation",
        f"{SESSIONS}.view_invitation",
        f"{SESSIONS}.change_servicetoken",
        f"{SESSIONS}.view_servicetoken",
    ),
    # Everything of the two apps, and the accounts: added below.
    "Admin": (),
}
ALL_OF_ADMIN = (SESSIONS, ANALYTICS)
ACCOUNTS = ("user", "group")
ACTIONS = ("add", "change", "delete", "view")


def names_of(apps, group):
    """The permissions of a group, as "app.codename"."""
    names = list(GROUPS[group])
    if group == "Admin":
        for app in ALL_OF_ADMIN:
            for model in apps.get_app_config(app).get_models():
                if model._meta.auto_created:
                    continue
                names += [
                    f"{app}.{action}_{model._meta.model_name}"
                    for action in ACTIONS
                    if action in model._meta.default_permissions
                ]
                names += [f"{app}.{codename}" for codename, _ in model._meta.permissions]
        names += [f"{AUTH}.{action}_{name}" for name in ACCOUNTS for action in ACTIONS]
    return names


def ensure_permission(apps, name, using):
    """The row of a permission; Django itself makes them only after the last migration."""
    app, codename = name.split(".")
    for model in apps.get_app_config(app).get_models():
        options = model._meta
        own = {
            f"{action}_{options.model_name}": f"Can {action} {options.verbose_name_raw}"
            for action in options.default_permissions
        } | dict(options.permissions)
        if codename in own:
            ContentType = apps.get_model("contenttypes", "ContentType")
            Permission = apps.get_model("auth", "Permission")
            content_type, _ = ContentType.objects.using(using).get_or_create(
                app_label=app, model=options.model_name
            )
            permission, _ = Permission.objects.using(using).get_or_create(
                content_type=content_type, codename=codename, defaults={"name": own[codename]}
            )
            return permission
    raise LookupError(f"no model has the permission {name}")


def make_groups(apps, schema_editor):
    """Groups of these names that are there keep what they hold and get what they lack."""
    using = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    for name in GROUPS:
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(
            *(ensure_permission(apps, permission, using) for permission in names_of(apps, name))
        )


def remove_unused_groups(apps, schema_editor):
    """What somebody uses or has changed is theirs and stays."""
    using = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    for name in GROUPS:
        group = Group.objects.using(using).filter(name=name).first()
        if group is None or group.user_set.exists():
            continue
        rows = group.permissions.values_list("content_type__app_label", "codename")
        if {f"{app}.{codename}" for app, codename in rows} == set(names_of(apps, name)):
            group.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0005_interview_tallies"),
        ("interview_sessions", "0009_correct_permission"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_unused_groups)]
