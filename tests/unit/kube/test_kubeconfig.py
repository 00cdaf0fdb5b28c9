"""Kubeconfigs, good and hostile: everything that is not taken is refused by its name."""

import base64
import json

import pytest

from clusters.kube.kubeconfig import MAX_CHARACTERS, BadKubeconfig, read_kubeconfig
from plugins.sdk import yaml


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def document(certificates):
    """A good kubeconfig; tests spoil it."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "current-context": "main",
        "clusters": [
            {
                "name": "here",
                "cluster": {
                    "server": "https://203.0.113.5:6443",
                    "certificate-authority-data": encoded(certificates.ca_pem),
                },
            }
        ],
        "users": [{"name": "ada", "user": {"token": "s3cr3t-token"}}],
        "contexts": [{"name": "main", "context": {"cluster": "here", "user": "ada", "namespace": "default"}}],
    }


def refused(document, context=""):
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(BadKubeconfig) as caught:
        read_kubeconfig(text, context)
    assert "s3cr3t" not in str(caught.value)
    return caught.value


class TestGood:
    def test_token(self, document, certificates):
        connection = read_kubeconfig(yaml.dump(document))
        assert connection.server == "https://203.0.113.5:6443"
        assert connection.ca_data == certificates.ca_pem
        assert connection.token == "s3cr3t-token"
        assert connection.allowed_networks == ()
        assert "s3cr3t" not in repr(connection) and "BEGIN" not in repr(connection)

    def test_client_certificate(self, document, certificates):
        document["users"][0]["user"] = {
            "client-certificate-data": encoded(certificates.client_certificate),
            "client-key-data": encoded(certificates.client_key),
        }
        connection = read_kubeconfig(json.dumps(document))
        assert connection.client_certificate == certificates.client_certificate
        assert connection.client_key == certificates.client_key
        assert "PRIVATE" not in repr(connection) + repr(connection.credential)

    def test_name_of_the_certificate(self, document):
        document["clusters"][0]["cluster"]["tls-server-name"] = "kubernetes.default.svc"
        assert read_kubeconfig(json.dumps(document)).server_name == "kubernetes.default.svc"

    def test_another_context_and_what_others_hold_does_not_matter(self, document):
        document["contexts"].append({"name": "other", "context": {"cluster": "here", "user": "robot"}})
        document["users"].append({"name": "robot", "user": {"token": "robot-token"}})
        document["users"][0]["user"] = {"exec": {"command": "rm"}}
        assert read_kubeconfig(json.dumps(document), "other").token == "robot-token"
        assert refused(document).field == "users[ada].user.exec"

    def test_the_only_context_needs_no_naming(self, document):
        del document["current-context"]
        assert read_kubeconfig(json.dumps(document)).token == "s3cr3t-token"

    def test_harmless_extras_are_ignored(self, document):
        document["clusters"][0]["cluster"] |= {
            "insecure-skip-tls-verify": False,
            "proxy-url": "",
            "extensions": [{"name": "x", "extension": {}}],
            "disable-compression": True,
        }
        document["users"][0]["user"] |= {"exec": None, "username": ""}
        assert read_kubeconfig(json.dumps(document)).token == "s3cr3t-token"


class TestRefusedByName:
    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("exec", {"command": "/bin/sh", "args": ["-c", "id"], "apiVersion": "client.authentication.k8s.io/v1"}),
            ("auth-provider", {"name": "gcp", "config": {"cmd-path": "/bin/sh"}}),
            ("tokenFile", "/etc/passwd"),
            ("client-certificate", "/etc/ssl/client.crt"),
            ("client-key", "/etc/ssl/client.key"),
            ("username", "ada"),
            ("password", "s3cr3t"),
            ("as", "system:admin"),
            ("as-groups", ["system:masters"]),
            ("as-uid", "0"),
            ("as-user-extra", {"x": ["y"]}),
            ("surprise", "anything"),
        ],
    )
    def test_in_a_user(self, document, key, value):
        document["users"][0]["user"][key] = value
        error = refused(document)
        assert error.field == f"users[ada].user.{key}"
        assert key in error.message

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("certificate-authority", "/etc/ssl/ca.crt"),
            ("insecure-skip-tls-verify", True),
            ("insecure-skip-tls-verify", "true"),
            ("proxy-url", "http://10.0.0.1:3128"),
            ("proxy-url", "socks5://proxy.example.com"),
            ("surprise", "anything"),
        ],
    )
    def test_in_a_cluster(self, document, key, value):
        document["clusters"][0]["cluster"][key] = value
        error = refused(document)
        assert error.field == f"clusters[here].cluster.{key}"
        assert key in error.message

    @pytest.mark.parametrize("server", ["", "http://203.0.113.5", "https://u:s3cr3t@203.0.113.5", "unix:///x", 6443])
    def test_servers(self, document, server):
        document["clusters"][0]["cluster"]["server"] = server
        assert refused(document).field == "clusters[here].cluster.server"

    def test_names_of_certificates_that_are_none(self, document):
        document["clusters"][0]["cluster"]["tls-server-name"] = "x y"
        assert refused(document).field == "clusters[here].cluster.tls-server-name"


class TestSpoiled:
    @pytest.mark.parametrize("token", ["s3cr3t two", "s3cr3t\nX-Remote-User: admin", "s3cr3té", 12345, ["s3cr3t"]])
    def test_tokens(self, document, token):
        document["users"][0]["user"]["token"] = token
        assert refused(document).field == "users[ada].user.token"

    @pytest.mark.parametrize("content", ["s3cr3t!", encoded("s3cr3t"), encoded("-----BEGIN CERTIFICATE-----\nAA\n")])
    def test_authorities(self, document, content):
        document["clusters"][0]["cluster"]["certificate-authority-data"] = content
        assert refused(document).field == "clusters[here].cluster.certificate-authority-data"

    def test_authority_with_a_key_in_it(self, document, certificates):
        both = certificates.ca_pem + certificates.client_key
        document["clusters"][0]["cluster"]["certificate-authority-data"] = encoded(both)
        assert refused(document).field == "clusters[here].cluster.certificate-authority-data"

    def test_certificate_without_its_key_or_with_another(self, document, certificates):
        user = document["users"][0]["user"] = {"client-certificate-data": encoded(certificates.client_certificate)}
        assert refused(document).field == "users[ada].user.client-key-data"
        user["client-key-data"] = encoded(certificates.other_key)
        assert "does not belong" in refused(document).message
        user["client-key-data"] = encoded("s3cr3t")
        assert refused(document).field == "users[ada].user.client-key-data"
        del user["client-certificate-data"]
        assert refused(document).field == "users[ada].user.client-certificate-data"

    def test_user_without_any_credential(self, document):
        document["users"][0]["user"] = {}
        assert refused(document).field == "users[ada].user"

    @pytest.mark.parametrize(
        ("plural", "singular"), [("clusters", "cluster"), ("users", "user"), ("contexts", "context")]
    )
    def test_missing_double_or_shapeless_entries(self, document, plural, singular):
        good = document[plural]
        document[plural] = [*good, *good]
        assert "more than one" in refused(document).message
        for bad in (
            None,
            [],
            "x",
            {"a": 1},
            [None],
            [{"name": good[0]["name"]}],
            [{"name": good[0]["name"], singular: 1}],
        ):
            document[plural] = bad
            refused(document)

    def test_unknown_context(self, document):
        assert refused(document, "nowhere").field == "contexts"
        del document["current-context"]
        document["contexts"].append({"name": "other", "context": {}})
        assert refused(document).field == "current-context"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "null",
            "[]",
            "just text",
            "{",
            "a: b: c",
            "kind: Secret",
            "apiVersion: v2",
            "- 1\n- 2",
            "---\na: 1\n---\nb: 2",
        ],
    )
    def test_what_is_none(self, text):
        refused(text)

    def test_errors_of_the_reader_do_not_quote(self):
        error = refused('users: [{token: "s3cr3t-token]\n')
        assert "line" in error.message


class TestBombs:
    def test_aliases(self):
        lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
        lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
        refused("\n".join(lines))

    def test_one_alias_already(self, document):
        refused("x: &x 1\ny: *x\n" + yaml.dump(document))

    def test_ten_megabytes(self, document):
        document["padding"] = "s3cr3t" * 1_700_000
        assert "KiB" in refused(document).message

    def test_just_too_much(self, document):
        refused(yaml.dump(document) + "#" * MAX_CHARACTERS)

    def test_depth_and_number(self):
        refused("[" * 200 + "]" * 200)
        refused("x: [" + "1," * 6_000 + "]")

    def test_tags(self):
        refused("!!python/object/apply:os.system ['id']")
