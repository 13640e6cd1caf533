from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.users.delete_user import DeleteUser, DeleteUserCommand
from domain.ids import UserId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{user_id:uuid}",
    summary="Forget a user",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is gone, and uses no media any more.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["USER_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def remove_user(
    request: JsonRequest, user_id: FromPath[UUID], delete_user: NamedDependency[DeleteUser]
) -> Response[None]:
    """For the user, who may repeat it, and for admins."""
    await delete_user(DeleteUserCommand(principal=request.user, user_id=UserId(user_id)))
    return no_content()
