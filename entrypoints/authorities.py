"""Whose certificates are believed where we are the client."""

import ssl

import certifi


def trusted_authorities() -> ssl.SSLContext:
    """Those of the system (or of SSL_CERT_FILE and SSL_CERT_DIR), and those that browsers trust: a machine may have
    none at all. Blocks for some milliseconds.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
