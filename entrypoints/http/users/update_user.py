from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, patch
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.users.update_user import UpdateUser, UpdateUserCommand
from domain.ids import MediaId, UserId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.patching import change_of
from entrypoints.http.users import examples
from entrypoints.http.users.requests import UpdateUserBody
from entrypoints.http.users.responses import user_body


@patch(
    "/{user_id:uuid}",
    summary="Change a user's avatar",
    responses=answers(
        {HTTPStatus.OK: Success("The user as it is now.", examples.USER)},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["USER_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE", "CONCURRENT_UPDATE"],
        },
    ),
)
async def change_user(
    request: JsonRequest,
    user_id: FromPath[UUID],
    data: Annotated[UpdateUserBody, shown(examples.CHANGE)],
    update_user: NamedDependency[UpdateUser],
) -> Response[bytes]:
    """For the users themselves, who are known from their first call on; then for admins too. A member that is left out
    stays as it is, null clears it.
    """
    user = await update_user(
        UpdateUserCommand(
            principal=request.user,
            user_id=UserId(user_id),
            avatar_media_id=change_of(data.avatar_media_id, MediaId),
        )
    )
    return answer(user_body(user), HTTPStatus.OK)
