"""Watching clusters for whoever is interested in something there.

An app says which kinds in which namespaces of which clusters it needs (`interests`), and is called with what changed
(`machinery.Live`). Each kind and namespace is listed and watched once, whoever needs it (`cache`); each cluster has
one task of its own (`cluster`) and one leader among all processes (`leases`). Nothing here knows what is deployed.
"""
