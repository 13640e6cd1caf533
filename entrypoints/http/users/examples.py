from entrypoints.http.documentation.examples.cast import NOW, OWNER_ID, PHOTO_ID
from entrypoints.http.users.requests import UpdateUserBody
from entrypoints.http.users.responses import UserBody

CHANGE = UpdateUserBody(avatar_media_id=PHOTO_ID)
USER = UserBody(user_id=OWNER_ID, avatar_media_id=PHOTO_ID, updated_at=NOW)
