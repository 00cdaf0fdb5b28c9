"""From files to one merged document, by the rules of the Compose Specification. Pure."""
