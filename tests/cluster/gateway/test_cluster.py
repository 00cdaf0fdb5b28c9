"""What a cluster says about itself, its logs, and what happens to those it does not know."""

from dataclasses import replace

import pytest

from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import Busy, NotFound, Refused, Unreachable
from clusters.kube.probe import probe
from plugins.sdk.capabilities import ServedKind
from tests.cluster.definitions import definition


class TestCapabilities:
    def test_hold_what_every_cluster_serves(self, gateway, call):
        capabilities = call(gateway.capabilities())
        assert capabilities.version == call(gateway.version())
        assert capabilities.minor >= 20
        deployment = capabilities.find("apps", "Deployment")
        assert deployment == capabilities.find("apps", "Deployment", "v1")
        assert (deployment.resource, deployment.namespaced, deployment.api_version) == ("deployments", True, "apps/v1")
        assert {"create", "delete", "get", "list", "patch", "watch"} <= set(deployment.verbs)
        assert capabilities.find("", "Namespace").namespaced is False
        assert not any("/" in kind.resource for kind in capabilities.kinds)

    def test_put_the_preferred_version_first(self, gateway, call, cluster):
        found = call(gateway.capabilities()).find("autoscaling", "HorizontalPodAutoscaler")
        assert found.version == ("v1" if cluster == "real" else "v2")

    def test_are_remembered_until_asked_anew(self, gateway, call):
        first = call(gateway.capabilities())
        assert call(gateway.capabilities()) is first
        again = call(gateway.capabilities(refresh=True))
        assert again is not first
        assert again.find("", "Pod") == first.find("", "Pod")

    def test_know_a_new_kind_after_a_refresh(self, gateway, call, kinds, namespace, eventually):
        group = f"{namespace}.example.com"
        crd = kinds("CustomResourceDefinition")
        assert call(gateway.capabilities()).find(group, "Kite") is None
        call(gateway.apply(crd, definition(group, "kites")))
        try:
            kite = eventually(lambda: call(gateway.capabilities(refresh=True)).find(group, "Kite"))
            body = {
                "apiVersion": f"{group}/v1",
                "kind": "Kite",
                "metadata": {"name": "red", "namespace": namespace},
                "tail": 3,
            }
            made = eventually(lambda: _or_none(lambda: call(gateway.apply(kite, body))))
            assert made["tail"] == 3
        finally:
            call(gateway.delete(crd, f"kites.{group}"))


def _or_none(function):
    try:
        return function()
    except (NotFound, Refused, Busy):
        return None  # What it stands on is made a moment later.


class TestUnknown:
    def test_kind_is_not_found(self, gateway, call, namespace):
        ghost = ServedKind(group="ghosts.example.com", version="v1", kind="Ghost", resource="ghosts", namespaced=True)
        with pytest.raises(NotFound):
            call(gateway.get(ghost, "casper", namespace))
        with pytest.raises(NotFound):
            call(gateway.list(ghost, namespace))
        body = {
            "apiVersion": ghost.api_version,
            "kind": "Ghost",
            "metadata": {"name": "casper", "namespace": namespace},
        }
        with pytest.raises(NotFound):
            call(gateway.apply(ghost, body))

    def test_path_is_not_found(self, gateway, call):
        with pytest.raises(NotFound):
            call(gateway.raw("GET", "/apis/ghosts.example.com/v1"))


class TestLogs:
    @pytest.fixture
    def pod(self, gateway, call, kinds, namespace, eventually):
        body = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "speaker", "namespace": namespace},
            "spec": {
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": 0,
                "containers": [
                    {"name": "main", "image": "busybox:1", "command": ["sh", "-c", "echo one; echo two; echo three"]}
                ],
            },
        }
        # The namespace's service account may come a moment after it.
        eventually(lambda: _or_none(lambda: call(gateway.create(kinds("Pod"), body))))

        def ended():
            phase = call(gateway.get(kinds("Pod"), "speaker", namespace)).get("status", {}).get("phase")
            return phase in ("Succeeded", "Failed")

        eventually(ended)
        return "speaker"

    def test_come_as_text_and_within_bounds(self, gateway, call, namespace, pod):
        assert call(gateway.logs(pod, namespace)) == "one\ntwo\nthree\n"
        assert call(gateway.logs(pod, namespace, container="main", tail=1)) == "three\n"
        assert call(gateway.logs(pod, namespace, limit_bytes=5)) == "one\nt"
        with pytest.raises(Refused):
            call(gateway.logs(pod, namespace, container="nobody"))
        with pytest.raises(Refused):
            call(gateway.logs(pod, namespace, previous=True))

    def test_of_a_missing_pod_are_not_found(self, gateway, call, namespace):
        with pytest.raises(NotFound):
            call(gateway.logs("nobody", namespace))


class TestProbe:
    def test_of_a_healthy_cluster(self, gateway, call):
        found = call(probe(gateway))
        assert found.is_healthy, found.error
        assert found.version.startswith("v1.")
        assert found.nodes >= 1

    def test_of_a_wrong_token(self, connection, call):
        stranger = replace(connection, token="not-a-token", client_certificate="", client_key="")
        found = call(_probed(stranger))
        assert found.reason == "unauthorized"
        assert "not-a-token" not in found.error

    def test_of_nobody(self, connection, call):
        nobody = replace(connection, token="", client_certificate="", client_key="")
        assert call(_probed(nobody)).reason == "unauthorized"

    def test_of_an_unknown_authority_shows_what_may_be_pinned(self, connection, call):
        found = call(_probed(replace(connection, ca_data="")))
        assert found.reason == "tls"
        assert len(found.details["fingerprint"]) == 64
        pinned = replace(connection, ca_data="", fingerprint=found.details["fingerprint"])
        assert call(_probed(pinned)).is_healthy
        another = replace(connection, ca_data="", fingerprint="ab" * 32)
        assert call(_probed(another)).reason == "tls"

    def test_of_a_network_that_is_not_allowed(self, connection, call):
        found = call(_probed(replace(connection, allowed_networks=())))
        assert found.reason == "network"
        assert "not allow" in found.error

    def test_requests_after_a_refusal_say_the_same(self, connection, call):
        shut_out = DirectGateway(replace(connection, allowed_networks=()))
        for _ in range(2):
            with pytest.raises(Unreachable) as caught:
                call(shut_out.version())
            assert caught.value.reason == "network"


async def _probed(connection):
    made = DirectGateway(connection)
    try:
        return await probe(made)
    finally:
        await made.close()
