"""Handing a use case to handlers."""

from litestar.di import Provide


def given(use_case: object) -> Provide:
    return Provide(lambda: use_case, sync_to_thread=False)
