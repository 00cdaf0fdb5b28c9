"""Lighthouses: a node type with an edge, a check with its fix, a graph to start from, and a horn that is told."""

from plugins.sdk.plugin import Plugin
from plugins.sdk.stack import read_stack
from plugins.sdk.webhook import TargetSecret, WebhookTarget
from sailcloth_lighthouse.beacon import BEACON, GUIDES
from sailcloth_lighthouse.care import CHECK, FIX

HARBOUR = read_stack(
    {
        "id": "lighthouse-harbour",
        "title": "A harbour with a lighthouse",
        "description": "A lighthouse, and a ship that finds it.",
        "category": "Examples",
        "nodes": [
            {
                "id": "light",
                "type": "lighthouse.beacon",
                "position": {"x": 0, "y": 0},
                "data": {"name": "light", "message": "Here is the harbour."},
            },
            {
                "id": "ship",
                "type": "deployment",
                "position": {"x": 300, "y": 0},
                "data": {"name": "ship", "image": "busybox:1", "command": ["sh", "-c", "sleep 86400"]},
            },
        ],
        "edges": [{"id": "light-ship", "source": "light", "target": "ship"}],
    }
)

HORN = WebhookTarget(
    name="horn",
    display_name="Fog horn",
    description="Sounds long when something goes wrong, and short when it went well.",
    url_hint="https://harbour.example.com/horn",
    secrets=(TargetSecret("key", "Key of the horn"),),
    headers={"X-Horn-Key": "$secret.key"},
    body={"sound": {"when_bad": "long", "when_good": "short"}, "why": "$title"},
)

PLUGIN = Plugin(
    name="lighthouse",
    display_name="Lighthouses",
    description="Pages that say one thing, for ships to find.",
    category="examples",
    version="1.0.0",
    api_version="1.1",
    icon="lightbulb",
    node_types=(BEACON,),
    connections=(GUIDES,),
    stacks=(HARBOUR,),
    checks=(CHECK,),
    fixes=(FIX,),
    webhook_targets=(HORN,),
)
