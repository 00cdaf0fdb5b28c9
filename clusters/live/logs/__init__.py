"""Logs of pods and of whole workloads, followed: merged in time order, resumed without gap or repeat.

`session` is one reader's stream; `pump` reads one container, through its restarts; `pods` knows which pods there are;
`lanes` merges; `cursor` is the position in words a client can keep.
"""
