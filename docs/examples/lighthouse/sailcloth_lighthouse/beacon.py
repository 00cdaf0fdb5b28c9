"""The node type: a page in a config map, a pod that serves it, and an address."""

from collections.abc import Iterable
from typing import Annotated

from plugins.core.base import Referable
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import Connection, NoData, NodeType, Supply, TypedNode, Wiring
from plugins.sdk.problems import Problem

PORT = 8080


class BeaconData(Referable):
    """Name, namespace and labels are those of every node."""

    message: Annotated[str, about("Message", "What ships read.", group=Group.BASIC)] = ""
    image: Annotated[str, about("Image", "Has a shell and httpd.", group=Group.ADVANCED)] = "busybox:1"


def compile_beacon(node: TypedNode[BeaconData], context: CompileContext) -> Iterable[Json]:
    """Labels of our own, the namespace and everything that makes it ours are added by the product."""
    selector = context.selector(node)
    yield {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": node.name},
        "data": {"index.html": f"{node.data.message}\n"},
    }
    yield {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": node.name},
        "spec": {
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {"labels": selector},
                "spec": {
                    "terminationGracePeriodSeconds": 0,
                    "containers": [
                        {
                            "name": "beacon",
                            "image": node.data.image,
                            "command": ["httpd", "-f", "-p", str(PORT), "-h", "/page"],
                            "ports": [{"containerPort": PORT, "protocol": "TCP"}],
                            "volumeMounts": [{"name": "page", "mountPath": "/page"}],
                        }
                    ],
                    "volumes": [{"name": "page", "configMap": {"name": node.name}}],
                },
            },
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": node.name},
        "spec": {"selector": selector, "ports": [{"port": PORT, "protocol": "TCP", "targetPort": PORT}]},
    }


def check_beacon(node: TypedNode[BeaconData], wiring: Wiring) -> Iterable[Problem]:
    """What a field's description cannot express."""
    if len(node.data.message.encode()) > 900_000:
        yield node.problem("bad_value", "message is too long for a config map; shorten it", field="message")


BEACON: NodeType[BeaconData] = NodeType(
    name="lighthouse.beacon",
    display_name="Lighthouse",
    description="A page that says one thing.",
    icon="lightbulb",
    category="examples",
    data=BeaconData,
    compile=compile_beacon,
    check=check_beacon,
    kind="Deployment",
    api_versions=("apps/v1",),
    defaults={"name": "lighthouse", "message": "Here is the harbour."},
)

# An edge from a lighthouse to any workload: its pods get LIGHTHOUSE_URL (the prefix is the node's name).
GUIDES = Connection(
    "lighthouse-guides",
    "guides",
    ("lighthouse.beacon",),
    ("workload",),
    NoData,
    "The workload gets the address as a variable.",
    supplies=(Supply("URL", value=f"http://$name.$namespace.svc:{PORT}"),),
)
