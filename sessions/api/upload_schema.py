"""Uploads in parts in words: the OpenAPI description, with an example of each call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers

from interviewdata.common.wire import tus
from interviewdata.common.wire.describe import (
    HOLDERS,
    IDEMPOTENCY_KEY,
    SHARED_PARAMETERS,
    Acknowledgement,
    Described,
    described,
    error_responses,
    path_text,
)

UPLOAD_ID = "6a0f4f0e-55b5-4a55-8f0e-0d0c8a3f6c1d"
_EXPIRES = "Sun, 29 Nov 2026 09:30:00 GMT"
_TUS = "[tus 1.0.0](https://tus.io/protocols/resumable-upload)"
_UPLOAD = path_text("upload_id", "the id in `Location`", UPLOAD_ID, maxLength=36)


class UploadBegun(Acknowledgement):
    uploadId = serializers.CharField(help_text="what `audioUpload` of an answer takes")
    expiresAt = serializers.DateTimeField(help_text="bytes and answer have to be there by then")


def _sent(
    name: str, schema: dict[str, Any], description: str, example: str, *, required: bool = True
) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.HEADER,
        required=required,
        description=description,
        examples=[OpenApiExample(name, example)],
    )


def _answered(name: str, kind: Any, statuses: Sequence[int], description: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, response=list(statuses), description=description
    )


_VERSION = _sent(
    "Tus-Resumable",
    {"type": "string", "enum": [tus.VERSION]},
    "the version of the protocol",
    tus.VERSION,
)
_WHOLE_NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}


def _operation(
    operation_id: str,
    summary: str,
    description: str,
    *,
    status: int,
    errors: Sequence[int],
    parameters: Sequence[OpenApiParameter] = (),
    reply: Any = None,
    reply_example: Any = None,
    request: Any = None,
) -> Described:
    done = OpenApiResponse(
        reply,
        "Done.",
        examples=[OpenApiExample("example", reply_example)] if reply_example else [],
    )
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=description,
        tags=["Uploads"],
        auth=[dict(one) for one in HOLDERS],  # type: ignore[misc]
        request=request,
        responses={
            (status, "application/json") if reply else status: done,
            **error_responses(sorted({400, 403, 404, 405, 412, 503, *errors})),
        },
        parameters=[
            _VERSION,
            *parameters,
            _answered("Tus-Resumable", str, [status, *errors, 404, 412], "1.0.0"),
            _answered("Tus-Version", str, [412], "1.0.0"),
            *SHARED_PARAMETERS,
        ],
    )


describe_uploads = described(
    create=_operation(
        "beginUpload",
        "Begin a recording that arrives in parts",
        f"The creation of {_TUS}, for recordings that are too long for one request or connections "
        "that do not last; no body. The reply's `Location` is the address of the upload, its last "
        "part the id that `audioUpload` of an answer takes. OPTIONS says what is supported: "
        f"{tus.EXTENSIONS.replace(',', ', ')}. An interview may have a few open uploads (429) of "
        "so many bytes together (413). The same `Idempotency-Key` gives the same upload.",
        status=201,
        errors=(411, 413, 422, 429),
        parameters=[
            IDEMPOTENCY_KEY,
            _sent("Upload-Length", _WHOLE_NUMBER | {"minimum": 1}, "bytes in all", "10485760"),
            _sent(
                "Upload-Metadata",
                {"type": "string", "maxLength": tus.MAX_METADATA_CHARACTERS},
                "pairs of key and base64, separated by commas; `sessionId` is required, "
                "`filetype` and others are kept",
                "sessionId NGQxYjJmMGUtNmYwYy00YThlLTlhNTUtMWM3ZjZmMGMyYjEx,"
                "filetype YXVkaW8vd2VibQ==",
            ),
            _answered("Location", str, [201], "the address of the upload"),
            _answered("Upload-Expires", str, [201], f"like {_EXPIRES}"),
            _answered("Tus-Max-Size", int, [413], "bytes that one upload may have"),
        ],
        reply=UploadBegun,
        reply_example={
            "success": True,
            "message": "The upload was begun.",
            "uploadId": UPLOAD_ID,
            "expiresAt": "2026-11-29T09:30:00Z",
        },
    ),
    offset=_operation(
        "askUpload",
        "How much of an upload has arrived",
        "`Upload-Offset` is the byte to go on with: everything before it is durable.",
        status=200,
        errors=(),
        parameters=[
            _UPLOAD,
            _answered("Upload-Offset", int, [200], "bytes that are there"),
            _answered("Upload-Length", int, [200], "bytes in all"),
            _answered("Upload-Metadata", str, [200], "as it was sent"),
            _answered("Upload-Expires", str, [200], f"like {_EXPIRES}"),
        ],
    ),
    append=_operation(
        "continueUpload",
        "Send the next part of an upload",
        "Up to 16 MiB. 204 means that the part is durable. At another place than `Upload-Offset` "
        "of the upload: 409, with the right one; so a part sent twice changes nothing, and of two "
        "at once one is kept. A part whose bytes are not those of `Upload-Checksum` gets 460 and "
        "nothing of it is kept. Where PATCH does not get through, send POST with "
        "`X-HTTP-Method-Override: PATCH`.",
        status=204,
        errors=(409, 411, 413, 415, 460),
        parameters=[
            _UPLOAD,
            _sent("Upload-Offset", _WHOLE_NUMBER, "the byte at which this part begins", "0"),
            _sent(
                "Upload-Checksum",
                {"type": "string", "pattern": r"^(sha1|sha256) [A-Za-z0-9+/]+={0,2}$"},
                "sha1 or sha256, a space, the digest of this part in base64",
                "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                required=False,
            ),
            _answered("Upload-Offset", int, [204, 409], "the byte to go on with"),
            _answered("Upload-Expires", str, [204], f"like {_EXPIRES}"),
            _answered("Tus-Max-Size", int, [413], "bytes that one upload may have"),
        ],
        request={tus.PART_CONTENT_TYPE: OpenApiRequest(OpenApiTypes.BINARY)},
    ),
    terminate=_operation(
        "endUpload",
        "End an upload",
        "What has arrived is deleted. The answer that was made of a finished one stays.",
        status=204,
        errors=(411, 413),
        parameters=[_UPLOAD],
    ),
)
