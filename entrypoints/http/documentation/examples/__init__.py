"""One honest example of every body. They are Structs, so that they cannot drift from the types."""
