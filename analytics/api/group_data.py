"""`POST /api/interview/group-data`: voluntary group data, given and withdrawn by the candidate."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from analytics.group_words import ATTRIBUTES, GROUPS
from analytics.services.group_data import give_group_data
from interviewdata.common.errors import Forbidden, NotFound
from interviewdata.common.wire.body import read_object
from interviewdata.common.wire.describe import (
    COOKIE,
    TOKEN,
    Acknowledgement,
    described,
    operation,
)
from interviewdata.common.wire.inputs import Input, JsonField, TextField
from interviewdata.common.wire.replies import success
from sessions.access import grant_of, may_answer
from sessions.api.base import InterviewViewSet
from sessions.api.inputs import SessionIdField
from sessions.api.schema import SESSION_ID
from sessions.models import AccessGrant


class GroupsField(JsonField):
    """An object of attribute → group, both of the known words."""

    look = {
        "type": "object",
        "properties": {
            attribute: {"type": "string", "enum": list(groups)}
            for attribute, groups in GROUPS.items()
        },
        "additionalProperties": False,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kind=dict, most=len(ATTRIBUTES), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        value = super().to_internal_value(data)
        for attribute, group in value.items():
            if attribute not in GROUPS:
                raise ValidationError(f"Unknown attribute; use {', '.join(GROUPS)}.")
            if not isinstance(group, str) or group not in GROUPS[attribute]:
                raise ValidationError(f"{attribute}: use one of {', '.join(GROUPS[attribute])}.")
        return value  # type: ignore[no-any-return]


class GroupDataInput(Input):
    sessionId = SessionIdField(source="session_id")
    groups = GroupsField(help_text="all that is given from now on; {} withdraws everything")
    consentVersion = TextField(
        source="consent_version",
        required=False,
        max_length=60,
        help_text="the version of the text the candidate agreed to; needed with groups",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["consent_version"] = attrs["consent_version"].strip()
        if attrs["groups"] and not attrs["consent_version"]:
            raise ValidationError(
                {"consentVersion": "Say which version of the text the candidate agreed to."}
            )
        return attrs


class GroupDataSaved(Acknowledgement):
    kept = serializers.IntegerField(min_value=0, help_text="attributes that are kept now")


describe_group_data = described(
    give=operation(
        "giveGroupData",
        "Say voluntarily which groups one belongs to, or withdraw it",
        "After the interview, with its own grant. What is sent replaces what was there: `{}` "
        "withdraws everything, and goes on doing so after answering is over. It is kept apart, "
        "never shown by person, and counted in sums of five people and more alone.",
        tag="Judgement",
        who=[COOKIE, TOKEN],
        also=(404, 409),
        body=GroupDataInput,
        example={
            "sessionId": SESSION_ID,
            "groups": {"gender": "woman", "age": "from_40"},
            "consentVersion": "2026-1",
        },
        reply=GroupDataSaved,
        reply_example={"success": True, "message": "Your choice was saved.", "kept": 2},
    )
)


@describe_group_data
class GroupDataViewSet(InterviewViewSet):
    """Nobody's call but the candidate's: staff and services have no permission that opens it."""

    def give(self, request: HttpRequest) -> HttpResponseBase:
        data = GroupDataInput.read(read_object(request))
        if self.principal.service is not None:
            raise Forbidden("Only the candidate may say this, or withdraw it.")
        if data["groups"] or self.principal.is_open:
            session_id = may_answer(self.principal, data["session_id"], "").session_id
        else:
            session_id = self._granted(data["session_id"])
        kept = give_group_data(
            session_id=session_id, groups=data["groups"], consent_version=data["consent_version"]
        )
        said = "Your choice was saved." if kept else "What you had said is deleted."
        return success(said, kept=kept)

    def _granted(self, session_id: str) -> str:
        """The id, where a grant names it, whatever its age: who gave something may always take it
        back. One statement. Raises NotFound."""
        grant = grant_of(self.principal, session_id)
        if (
            grant is None
            or not AccessGrant.objects.filter(
                session__session_id=session_id,
                revoked_at__isnull=True,
                **{grant.column: grant.value},
            ).exists()
        ):
            raise NotFound
        return session_id
