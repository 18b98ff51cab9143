"""Names of dimensions and categories as people read them, in their own language."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

# Columns of feedback, in order of calculations.DIMENSIONS.
_DIMENSIONS = {
    "overall_score": pgettext_lazy("dimension", "Overall"),
    "technical_score": pgettext_lazy("dimension", "Technical"),
    "communication_score": pgettext_lazy("dimension", "Communication"),
    "problem_solving_score": pgettext_lazy("dimension", "Problem solving"),
    "confidence_score": pgettext_lazy("dimension", "Confidence"),
}


def dimension_label(column: str) -> str:
    """ "problem_solving_score" → "Problem solving", in the reader's language."""
    return str(_DIMENSIONS[column])


def dimension_labels() -> tuple[str, ...]:
    """The five dimensions in their order, in the reader's language."""
    return tuple(str(label) for label in _DIMENSIONS.values())


def category_label(name: str, dimension: str) -> str:
    """The name of a rubric's category for people: what staff wrote stays as it is, the name that a
    dimension came with (migration 0004) is in the reader's language."""
    came_with = dimension.removesuffix("_score").replace("_", " ").capitalize()
    return dimension_label(dimension) if dimension and name == came_with else name
