"""From a project to a graph, as a person would choose, with a verdict for every key. Pure."""
