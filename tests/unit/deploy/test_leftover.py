"""When a refusal is about what a cluster kept by itself: only then is that taken away before the rest is applied."""

from workflows.deploy.leftover import Leftover, are_refused

POD = ("spec", "template", "spec")
PROBE = Leftover((*POD, "containers", {"name": "web"}), "readinessProbe", ("f:spec",), is_replaced=False)
VOLUME = Leftover((*POD, "volumes", {"name": "files"}), "emptyDir", ("f:spec",), is_replaced=True)


def test_a_cause_at_the_field_or_in_it_is_about_it() -> None:
    assert are_refused((PROBE,), ["spec.template.spec.containers[0].readinessProbe"])
    assert are_refused((PROBE,), ["spec.replicas", "spec.template.spec.containers[1].readinessProbe.httpGet.port"])


def test_of_what_is_replaced_any_part_is_about_it() -> None:
    assert are_refused((VOLUME,), ["spec.template.spec.volumes[3].configMap"])
    assert not are_refused((PROBE, VOLUME), ["spec.template.spec.containers[0].image"])


def test_a_refusal_without_causes_is_about_something_else() -> None:
    """A webhook, a quota, a missing right."""
    assert not are_refused((PROBE, VOLUME), [])
