"""URLs from names that strangers chose."""

import pytest

from clusters.kube import paths
from clusters.kube.gateway import Refused
from plugins.sdk.capabilities import ServedKind

POD = ServedKind(group="", version="v1", kind="Pod", resource="pods", namespaced=True)
DEPLOYMENT = ServedKind(group="apps", version="v1", kind="Deployment", resource="deployments", namespaced=True)
NODE = ServedKind(group="", version="v1", kind="Node", resource="nodes", namespaced=False)
ROLE = ServedKind(
    group="rbac.authorization.k8s.io", version="v1", kind="ClusterRole", resource="clusterroles", namespaced=False
)


def test_the_four_forms():
    assert paths.collection(POD) == "/api/v1/pods"
    assert paths.collection(DEPLOYMENT, "web") == "/apis/apps/v1/namespaces/web/deployments"
    assert paths.item(POD, "a", "web", "log") == "/api/v1/namespaces/web/pods/a/log"
    assert paths.item(NODE, "n1", "ignored") == "/api/v1/nodes/n1"
    assert paths.item(ROLE, "system:node") == "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../secrets/x", "a%2fb", "a\nb", "a\x00"])
def test_a_name_never_becomes_another_path(name):
    with pytest.raises(Refused):
        paths.item(POD, name, "web")
    with pytest.raises(Refused):
        paths.item(POD, "a", "web", name or ".")
    if name:
        with pytest.raises(Refused):
            paths.item(POD, "a", name)


def test_what_means_something_in_a_url_is_quoted():
    assert paths.item(POD, "a?b#c d", "web").endswith("/a%3Fb%23c%20d")


def test_an_object_needs_its_namespace():
    with pytest.raises(Refused, match="namespace"):
        paths.item(POD, "a")
    with pytest.raises(Refused, match="namespace"):
        paths.within(POD, "")
    assert paths.within(NODE, "") == "/api/v1/nodes"


@pytest.mark.parametrize(
    "path", ["", "api", "//evil.example.com/x", "/a/../b", "/a/%2e%2e/b", "/a?b=c", "/a#b", "/a b", "/a\\b"]
)
def test_raw_paths_stay_where_they_say(path):
    with pytest.raises(Refused):
        paths.raw(path)


def test_raw_paths_pass():
    path = "/api/v1/nodes/n1/proxy/stats/summary"
    assert paths.raw(path) == path
