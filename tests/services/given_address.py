import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.ladder import Obstacle


class GivenAddressUnusable(Exception):
    """The environment names a service, and that is then the one to test with."""

    def __init__(self, variable: str, reason: object) -> None:
        super().__init__(f"The service of {variable} cannot be used: {reason}. Mend that, or unset {variable}.")


def not_given(variable: str) -> Obstacle:
    return None if os.environ.get(variable) else f"{variable} is not set"


def companion(variable: str, *, of: str) -> str:
    """The value of `variable`, without which that of `of` is of no use. Raises GivenAddressUnusable."""
    value = os.environ.get(variable)
    if not value:
        raise GivenAddressUnusable(of, f"{variable} is not set")
    return value


@contextmanager
def usable(variable: str, *errors: type[Exception]) -> Iterator[None]:
    """Around a first call to the service of `variable`: its `errors` become GivenAddressUnusable."""
    try:
        yield
    except errors as error:
        raise GivenAddressUnusable(variable, error) from error
