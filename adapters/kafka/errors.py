from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from domain.errors import Unavailable

NO_ANSWER = (KafkaError, OSError)
"""What a broker that is down, slow or unwilling shows itself by; a TimeoutError is an OSError."""

REFUSED = (InvalidTopicError, MessageSizeTooLargeError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError)
"""What the broker has against one message or its topic, and not against us."""


def unavailable(error: BaseException) -> Unavailable:
    return Unavailable(f"Kafka does not answer: {error or type(error).__name__}")
