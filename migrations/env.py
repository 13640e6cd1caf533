"""Run by Alembic. The connection, with a transaction begun, comes from `migrations.upgrade`."""

from alembic import context

from adapters.postgres.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
