from sessions.models.access import (
    AccessGrant,
    AccessRecord,
    IdempotencyRecord,
    Invitation,
    ServiceToken,
)
from sessions.models.bank import BankQuestion
from sessions.models.event import InterviewEvent, InterviewPresence
from sessions.models.peaks import AudioPeaks
from sessions.models.question import InterviewQuestion
from sessions.models.response import UserResponse
from sessions.models.session import InterviewSession
from sessions.models.transcript import Transcript
from sessions.models.upload import AudioUpload, AudioUploadPart

__all__ = [
    "AccessGrant",
    "AccessRecord",
    "AudioPeaks",
    "AudioUpload",
    "AudioUploadPart",
    "BankQuestion",
    "IdempotencyRecord",
    "InterviewEvent",
    "InterviewPresence",
    "InterviewQuestion",
    "InterviewSession",
    "Invitation",
    "ServiceToken",
    "Transcript",
    "UserResponse",
]
