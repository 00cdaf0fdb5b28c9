"""The graphs that come along, planned on a real cluster: its API server takes every object of each."""

import pytest

from plugins.stacks import shipped_stacks
from tests.integration.plugins.conftest import Person


@pytest.mark.parametrize("person", [pytest.param("real", marks=pytest.mark.kube)], indirect=True)
def test_each_passes_the_dry_run_of_a_real_api_server(person: Person) -> None:
    person.raw("POST", "/api/v1/namespaces", {"metadata": {"name": person.namespace}})
    found = {}
    for stack in shipped_stacks():
        body = {"name": stack.title, "namespace": person.namespace}
        made = person.post(f"/templates/{stack.id}/instantiate", body, 201)
        where = {"cluster": person.cluster.name, "namespace": person.namespace}
        objects = person.post(f"/workflows/{made['id']}/plan", where)["plan"]["objects"]
        assert len(objects) >= 2, stack.id
        found[stack.id] = [each for each in objects if each["action"] != "create"]
    assert len(found) >= 25
    assert {name: rows for name, rows in found.items() if rows} == {}
