"""One honest example of every message. They are what the code itself writes, or what its readers take."""
