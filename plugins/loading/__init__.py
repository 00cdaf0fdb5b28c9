"""Finding plugins and joining what they bring; one that is broken is told and harms nothing else. Pure."""
