"""What is in clusters, mirrored into rows: looked at, marked and changed by people.

`mirror` keeps the rows of a cluster true while somebody uses it: it follows the watchers of `clusters.live`, turns
objects into rows (`projection`, pure) and writes them as the cluster's one leader (`writing`). Values of secrets never
get here: the caches drop them, and what is read live is masked (`masking`).
"""
