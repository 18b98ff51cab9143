"""Progress, signs of life and running interviews in words: the OpenAPI description."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from interviewdata.common.wire.describe import (
    COOKIE,
    HOLDERS,
    SERVICE,
    Acknowledgement,
    Output,
    Progress,
    described,
    operation,
    path_text,
    query,
)
from sessions.api.inputs import PresenceInput
from sessions.api.schema import AT, SESSION_ID
from sessions.enums import EventKind, Mode, PresenceState, Status


class PresenceLook(Output):
    state = serializers.ChoiceField(choices=PresenceState.choices)
    questionIndex = serializers.IntegerField(allow_null=True, help_text="from 0")
    unsent = serializers.IntegerField(help_text="answers that wait in the browser")
    seenAt = serializers.DateTimeField()


class EventLook(Output):
    """`data`: ids and counts; nothing personal."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    at = serializers.DateTimeField()
    data = serializers.JSONField()  # type: ignore[assignment]


class EventOfAllLook(EventLook):
    place = serializers.CharField(help_text="send it as `after` to go on from here")
    sessionId = serializers.CharField()


class StreamAddress(Output):
    url = serializers.URLField()
    ticket = serializers.CharField(help_text="bearer token for this stream")
    opensWithin = serializers.IntegerField(help_text="seconds")


class ProgressReply(Output):
    success = serializers.BooleanField()
    sessionId = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    progress = Progress()
    lastEventId = serializers.IntegerField()
    presence = PresenceLook(allow_null=True)
    serverTime = serializers.DateTimeField()
    stream = StreamAddress(allow_null=True)
    events = EventLook(many=True, required=False, help_text="with `after`, oldest first")
    more = serializers.BooleanField(required=False, help_text="with `after`: ask again at once")


class PresenceReply(Acknowledgement):
    serverTime = serializers.DateTimeField()
    progress = Progress()


class RunningInterview(Output):
    sessionId = serializers.CharField()
    userEmail = serializers.EmailField()
    role = serializers.CharField()
    mode = serializers.ChoiceField(choices=Mode.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    progress = Progress()
    createdAt = serializers.DateTimeField()
    startTime = serializers.DateTimeField(allow_null=True)
    lastSign = serializers.DateTimeField(help_text="the last write or sign of life")
    presence = PresenceLook(allow_null=True)


class LiveReply(Output):
    success = serializers.BooleanField()
    serverTime = serializers.DateTimeField()
    place = serializers.CharField(help_text="send it as `after` to go on from here")
    number = serializers.IntegerField(help_text="of running interviews in all")
    interviews = RunningInterview(many=True, help_text="newest sign first, 200 at most")
    stream = StreamAddress(allow_null=True)
    events = EventOfAllLook(many=True, required=False, help_text="with `after`, oldest first")
    more = serializers.BooleanField(required=False, help_text="with `after`: ask again at once")


_SESSION = path_text("session_id", "the public id of the interview", SESSION_ID)
_PROGRESS = {"answered": 1, "total": 5, "currentQuestionIndex": 1, "completionRate": 0.2}
_PRESENCE = {"state": "recording", "questionIndex": 1, "unsent": 0, "seenAt": AT}
_EVENTS = (
    " With `Accept: text/event-stream` the same as server-sent events, whose ids go into"
    " `Last-Event-ID`: a stream that was lost goes on where it broke off, nothing twice and nothing"
    " left out. Where `stream` is not null, streams that stay open are had at its `url` with its"
    " `ticket` as bearer token; here a stream ends at once and is to be asked for again."
)

_UNCHANGED = OpenApiResponse(
    description="Nothing is new since the reply that had this `ETag`, events and signs of life "
    "included; there is no body. It counts as no look and leaves no record."
)
_CONDITION = OpenApiParameter(
    "If-None-Match",
    {"type": "string", "maxLength": 200},
    OpenApiParameter.HEADER,
    description="the `ETag` of the last reply, as it came; 304 as long as nothing is new",
)
_ETAG = OpenApiParameter(
    "ETag",
    {"type": "string"},
    OpenApiParameter.HEADER,
    response=[200, 304],
    description="another one whenever anything of the reply is another; weak (`W/`)",
)

describe_progress = described(
    show=operation(
        "getProgress",
        "How far an interview is, and what happened",
        "`ETag` and `If-None-Match` make asking again cheap: 304, also with `after`, as long as "
        "nothing is new. A 304 brings no ticket: send no `If-None-Match` to ask for a stream."
        + _EVENTS,
        tag="Record",
        who=HOLDERS,
        also=(403, 404),
        parameters=[
            _SESSION,
            query(
                "after",
                {"type": "integer", "minimum": 0},
                "the id of an event; those after it come along, 200 at most",
            ),
            _CONDITION,
            _ETAG,
        ],
        other_replies={304: _UNCHANGED},
        reply=ProgressReply,
        reply_example={
            "success": True,
            "sessionId": SESSION_ID,
            "status": "active",
            "progress": _PROGRESS,
            "lastEventId": 1207,
            "presence": _PRESENCE,
            "serverTime": AT,
            "stream": None,
        },
    )
)

describe_presence = described(
    note=operation(
        "notePresence",
        "Say that the candidate's page is there",
        "Every 15 seconds while an interview is open, and when its state changes. The newest is "
        "kept. An abandoned interview becomes active again.",
        tag="Interview",
        who=HOLDERS,
        also=(404,),
        body=PresenceInput,
        example={"sessionId": SESSION_ID, "state": "recording", "questionIndex": 1, "unsent": 0},
        reply=PresenceReply,
        reply_example={
            "success": True,
            "message": "You are seen.",
            "serverTime": AT,
            "progress": _PROGRESS,
        },
    )
)

describe_live = described(
    list=operation(
        "listRunning",
        "The interviews that are running",
        "For staff and services: those not yet over that gave a sign of life lately." + _EVENTS,
        tag="Record",
        who=[COOKIE, SERVICE],
        also=(403, 404),
        parameters=[
            query(
                "after",
                {"type": "string", "maxLength": 39},
                "`place` of an earlier reply; the events after it come along, 200 at most",
            )
        ],
        reply=LiveReply,
        reply_example={
            "success": True,
            "serverTime": AT,
            "place": "74210-1207",
            "number": 1,
            "interviews": [
                {
                    "sessionId": SESSION_ID,
                    "userEmail": "ann@example.org",
                    "role": "Backend Developer",
                    "mode": "technical",
                    "status": "active",
                    "progress": _PROGRESS,
                    "createdAt": AT,
                    "startTime": AT,
                    "lastSign": AT,
                    "presence": _PRESENCE,
                }
            ],
            "stream": None,
        },
    )
)
