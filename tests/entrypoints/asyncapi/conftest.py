from tests.application.conftest import world

__all__ = ["world"]
