"""The words of voluntary group data: which attributes are asked for, and their groups.

A leaf: the API checks by it, the database repeats it, the report names by it. Who would rather not
say gives nothing: there is no word for it, so that no row says that somebody did not want to say.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

ATTRIBUTES: dict[str, Any] = {
    "gender": pgettext_lazy("group data", "Gender"),
    "age": pgettext_lazy("group data", "Age"),
    "ethnicity": pgettext_lazy("group data", "Ethnicity"),
    "disability": pgettext_lazy("group data", "Disability"),
}
# The categories that the U.S. Uniform Guidelines and the EEO-1 report know, and gender as people
# say it of themselves.
GROUPS: dict[str, dict[str, Any]] = {
    "gender": {
        "woman": pgettext_lazy("group data", "Women"),
        "man": pgettext_lazy("group data", "Men"),
        "non_binary": pgettext_lazy("group data", "Non-binary people"),
    },
    "age": {
        "under_40": pgettext_lazy("group data", "Under 40"),
        "from_40": pgettext_lazy("group data", "40 and over"),
    },
    "ethnicity": {
        "hispanic": pgettext_lazy("group data", "Hispanic or Latino"),
        "white": pgettext_lazy("group data", "White"),
        "black": pgettext_lazy("group data", "Black or African American"),
        "pacific_islander": pgettext_lazy("group data", "Native Hawaiian or Pacific Islander"),
        "asian": pgettext_lazy("group data", "Asian"),
        "native_american": pgettext_lazy("group data", "American Indian or Alaska Native"),
        "two_or_more": pgettext_lazy("group data", "Two or more of these"),
    },
    "disability": {
        "disability": pgettext_lazy("group data", "With a disability"),
        "no_disability": pgettext_lazy("group data", "Without a disability"),
    },
}


def group_label(attribute: str, group: str) -> str:
    """ "gender", "woman" → "Women", in the reader's language."""
    return str(GROUPS[attribute][group])
