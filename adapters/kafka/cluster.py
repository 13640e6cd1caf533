"""Where Kafka is, and how to get in."""

import ssl
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaCluster:
    """`servers` is `host:port,...`. `prefix` stands before the name of every topic and group, for clusters that several
    deployments share. Without `ca_file` certificates are checked against those that the system trusts.
    """

    servers: str
    prefix: str = ""
    security: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def topic(self, name: str) -> str:
        """As the brokers know it."""
        return self.prefix + name

    def bare(self, topic: str) -> str:
        """As everybody else knows it."""
        return topic.removeprefix(self.prefix)

    def client(self, name: str) -> dict[str, Any]:
        """What every client of aiokafka is given. Raises OSError when `ca_file` cannot be read."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "client_id": name,
            "security_protocol": self.security,
        }
        if "SSL" in self.security:
            options["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.security.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options
