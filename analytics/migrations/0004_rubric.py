"""The four dimensions of feedback as categories that reviewers score, each weighing the same."""

from django.db import migrations

CATEGORIES = (
    {
        "dimension": "technical_score",
        "name": "Technical",
        "description": "Does the candidate know the craft of the role, and use it soundly?",
        "anchor_low": "Names terms without what is behind them; central statements are wrong, and"
        " a hint does not help.",
        "anchor_middle": "Sound in the usual cases; edge cases, costs or alternatives come up only"
        " when asked for.",
        "anchor_high": "Right and to the point, says where it stops being right, and weighs"
        " alternatives unasked.",
    },
    {
        "dimension": "communication_score",
        "name": "Communication",
        "description": "Can a listener follow, and does the answer meet the question?",
        "anchor_low": "Hard to follow; the answer misses the question or loses its thread.",
        "anchor_middle": "Understandable with a question or two; the order of thoughts shows only"
        " at the end.",
        "anchor_high": "Answers what was asked, in an order one can follow, with examples, and"
        " notices when a listener is lost.",
    },
    {
        "dimension": "problem_solving_score",
        "name": "Problem solving",
        "description": "How does the candidate get from a problem they do not know to a way"
        " through it?",
        "anchor_low": "Guesses, or waits for the solution; what was assumed stays unsaid.",
        "anchor_middle": "Takes the problem apart and gets somewhere, with help at the turning"
        " points; checks the result only when asked.",
        "anchor_high": "Clarifies first, says what is assumed, goes step by step, tests the result"
        " and changes course when it does not hold.",
    },
    {
        "dimension": "confidence_score",
        "name": "Confidence",
        "description": "Does the candidate stand by what they know, and say plainly what they do"
        " not?",
        "anchor_low": "Gives way at the first question, or asserts what is plainly unknown.",
        "anchor_middle": "Sure on home ground; on other ground hesitant, or surer than the answer"
        " deserves.",
        "anchor_high": "Gives reasons when questioned, changes their mind for a better one, and"
        " says “I do not know” without losing footing.",
    },
)


def add_dimensions(apps, schema_editor):
    """What staff have defined meanwhile, under the same dimension or name, stays as it is."""
    category_model = apps.get_model("analytics", "RubricCategory")
    for place, fields in enumerate(CATEGORIES, start=1):
        is_there = (
            category_model.objects.filter(dimension=fields["dimension"]).exists()
            or category_model.objects.filter(name=fields["name"]).exists()
        )
        if not is_there:
            category_model.objects.create(position=10 * place, weight=1, **fields)


def remove_dimensions(apps, schema_editor):
    """Only rows that nobody has changed."""
    category_model = apps.get_model("analytics", "RubricCategory")
    for fields in CATEGORIES:
        category_model.objects.filter(**fields).delete()


class Migration(migrations.Migration):
    dependencies = [("analytics", "0003_reviews")]

    operations = [migrations.RunPython(add_dimensions, remove_dimensions)]
