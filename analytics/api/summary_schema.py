"""The summary of feedback in words: the OpenAPI description, with an example."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from analytics.calculations import DIMENSIONS
from interviewdata.common.wire.describe import (
    ANYONE_OR_HOLDERS,
    Output,
    described,
    operation,
    query,
)
from sessions.api.schema import AT, SESSION_ID

# Column of feedback → its name on the wire.
WIRE_DIMENSIONS = {
    name: head + "".join(part.title() for part in tail)
    for name in DIMENSIONS
    for head, *tail in [name.removesuffix("_score").split("_")]
}
_SCORE: dict[str, Any] = {"min_value": 0, "max_value": 10, "help_text": "0–10; 0 where n is 0"}
_N: dict[str, Any] = {"min_value": 0}


class MeanLook(Output):
    mean = serializers.FloatField(**_SCORE)
    n = serializers.IntegerField(**_N, help_text="interviews it is a mean of")
    ratings = serializers.IntegerField(**_N, help_text="scores it rests on, one a rater")


class SpreadLook(Output):
    lowest = serializers.FloatField(**_SCORE)
    highest = serializers.FloatField(**_SCORE)
    standardDeviation = serializers.FloatField(
        min_value=0, help_text="of the sample, divisor n − 1; 0 below two interviews"
    )


class OverviewLook(Output):
    interviews = serializers.IntegerField(**_N)
    completed = serializers.IntegerField(**_N)
    scored = serializers.IntegerField(**_N, help_text="interviews with an overall score")
    overall = MeanLook()
    spread = SpreadLook()
    hidden = serializers.IntegerField(
        **_N, help_text="interviews whose feedback a reviewer may not know yet: not counted below"
    )
    isCut = serializers.BooleanField(
        help_text="whether there is more feedback, or roles, than this rests on"
    )


class RoleLook(Output):
    role = serializers.CharField()
    interviews = serializers.IntegerField(**_N)
    completed = serializers.IntegerField(**_N)
    scored = serializers.IntegerField(**_N)
    dimensions = serializers.DictField(child=MeanLook(), help_text="name of a dimension → its mean")


class RankLook(MeanLook):
    dimension = serializers.ChoiceField(choices=sorted(WIRE_DIMENSIONS.values()))


class PhraseLook(Output):
    phrase = serializers.CharField()
    n = serializers.IntegerField(min_value=1, help_text="interviews in which it was said")


class PointLook(Output):
    sessionId = serializers.CharField()
    createdAt = serializers.DateTimeField()
    overall = serializers.FloatField(min_value=0, max_value=10)


class ImprovementLook(Output):
    n = serializers.IntegerField(**_N, help_text="scored interviews")
    slope = serializers.FloatField(help_text="points an interview, signed; 0 below two")
    first = serializers.FloatField(help_text="the line's value at the first interview")
    last = serializers.FloatField(help_text="the line's value at the last interview")
    points = PointLook(many=True)


class SummaryReply(Output):
    success = serializers.BooleanField()
    email = serializers.CharField(allow_blank=True, help_text="whose; empty: everybody's")
    overview = OverviewLook()
    roles = RoleLook(many=True, help_text="those of the most interviews first, 100 at most")
    dimensions = RankLook(many=True, help_text="the best mean first; only those scored")
    strengths = PhraseLook(many=True, help_text="20 at most")
    weaknesses = PhraseLook(many=True, help_text="of areas for improvement, 20 at most")
    improvement = ImprovementLook()


_MEAN = {"mean": 7.5, "n": 2, "ratings": 3}
_NONE = {"mean": 0, "n": 0, "ratings": 0}

describe_summary = described(
    show=operation(
        "getFeedbackAnalytics",
        "What the feedback of a person's interviews says together",
        "Of each rater of an interview the newest feedback counts, of an interview the mean over "
        "its raters; what candidates say of themselves does not count. The trend is the "
        "least-squares line through overall scores in the order the interviews were made. "
        "Without `email` staff and services get everybody's summary, which has no trend, and a "
        "candidate that of the interviews of their own grants. A candidate is answered from the "
        "interviews of their own grants alone; a foreign and an unknown e-mail get the same empty "
        "answer. Numbers are numbers: 0 where nothing was scored.",
        tag="People",
        who=ANYONE_OR_HOLDERS,
        also=(403,),
        parameters=[
            query(
                "email",
                {"type": "string", "format": "email", "maxLength": 254},
                "whose; trimmed and lower-cased",
            )
        ],
        reply=SummaryReply,
        reply_example={
            "success": True,
            "email": "ann@example.org",
            "overview": {
                "interviews": 3,
                "completed": 2,
                "scored": 2,
                "overall": _MEAN,
                "spread": {"lowest": 7.0, "highest": 8.0, "standardDeviation": 0.707107},
                "hidden": 0,
                "isCut": False,
            },
            "roles": [
                {
                    "role": "Backend Developer",
                    "interviews": 3,
                    "completed": 2,
                    "scored": 2,
                    "dimensions": {
                        name: _MEAN if name == "overall" else _NONE
                        for name in WIRE_DIMENSIONS.values()
                    },
                }
            ],
            "dimensions": [{"dimension": "overall", **_MEAN}],
            "strengths": [{"phrase": "Measures before changing anything", "n": 2}],
            "weaknesses": [{"phrase": "Speak about costs as well", "n": 1}],
            "improvement": {
                "n": 2,
                "slope": 1.0,
                "first": 7.0,
                "last": 8.0,
                "points": [
                    {"sessionId": SESSION_ID, "createdAt": AT, "overall": 7.0},
                    {
                        "sessionId": "7b0a3a52-4e0a-4d0c-9d29-0f2ad4f0a3c1",
                        "createdAt": "2026-11-23T09:30:00Z",
                        "overall": 8.0,
                    },
                ],
            },
        },
    )
)
