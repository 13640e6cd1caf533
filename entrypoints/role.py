from enum import StrEnum


class Role(StrEnum):
    """What a process does. `ALL` is the whole of Vitrine in one; the others scale apart."""

    ALL = "all"
    API = "api"
    RELAY = "relay"
    WORKER = "worker"
    CONSUMER = "consumer"
    AUDITOR = "auditor"
    SEEDER = "seeder"

    @property
    def serves_api(self) -> bool:
        return self in {Role.ALL, Role.API}

    @property
    def takes_uploads(self) -> bool:
        """And answers what it has taken with signed links."""
        return self.serves_api or self is Role.SEEDER

    @property
    def processes_media(self) -> bool:
        return self in {Role.ALL, Role.WORKER}
