"""How nodes really fare, on every target that has something in a cluster.

`targets` knows what is deployed where and says what must be watched for it, `views` turns what was seen into views of
nodes, `showing` writes them, `hints` hears when a target may have changed, `sweep` does what must happen now and then.
`workflows.runs.live.Watcher` runs them.
"""
