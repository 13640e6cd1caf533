from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from domain.media.wording import MAX_NAME
from domain.unseen import can_be_seen


def file_name_of(url: str) -> str:
    """What a file that was found there is called: the end of the path, else the host."""
    parts = urlsplit(url)
    last = PurePosixPath(unquote(parts.path, errors="replace")).name
    name = "".join(character for character in last if character.isprintable()).strip()
    return (name if can_be_seen(name) else parts.hostname or url)[-MAX_NAME:].strip()
