from enum import StrEnum


class Role(StrEnum):
    """What a process does. `ALL` is the whole of Vitrine in one; the others scale apart."""

    ALL = "all"
    API = "api"
    RELAY = "relay"
    WORKER = "worker"
    CONSUMER = "consumer"
    AUDITOR = "auditor"

    @property
    def serves_api(self) -> bool:
        return self in {Role.ALL, Role.API}

    @property
    def processes_media(self) -> bool:
        return self in {Role.ALL, Role.WORKER}
