def printable(text: str) -> str:
    """Control characters as escapes, so that no text of others steers the terminal; lines stay."""
    return "".join(
        character if character.isprintable() or character == "\n" else ascii(character)[1:-1] for character in text
    )
