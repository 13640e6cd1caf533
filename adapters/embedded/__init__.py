"""The servers of the one-machine mode: started here, stopped with us."""

from adapters.embedded.data_folder import default_data_dir
from adapters.embedded.errors import DataFolderInUse, DataFolderUnreachable, EmbeddedServerError, ServerStartFailed
from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.seaweedfs import EmbeddedObjectStore

__all__ = [
    "DataFolderInUse",
    "DataFolderUnreachable",
    "EmbeddedObjectStore",
    "EmbeddedPostgres",
    "EmbeddedServerError",
    "ServerStartFailed",
    "default_data_dir",
]
