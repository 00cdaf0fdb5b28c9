"""Refusals of a server, as a person can read them."""

from clusters.kube.gateway import Refused
from workflows.deploy.probe import refused
from workflows.deploy.view import words

DUMP = 'core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"", Labels:map[string]string{"a":"b"}}, Spec:core.PodSpec{}}'


def invalid(*messages: str) -> Refused:
    causes = [{"reason": "FieldValueInvalid", "field": "spec.template", "message": text} for text in messages]
    details = {"kind": "Job", "name": "migrate", "causes": causes}
    return Refused(f'Job "migrate" is invalid: {messages[0][:60]}', reason="Invalid", status=422, details=details)


def test_the_refused_value_is_left_out() -> None:
    error = invalid(f"Invalid value: {DUMP}: field is immutable")
    assert words(error) == "Job migrate is invalid: spec.template: field is immutable."
    # The message was cut before its end; the causes were not.
    assert refused(None, error).is_immutable


def test_a_short_value_is_told() -> None:
    error = invalid('Invalid value: "A_B": must be lower case')
    assert words(error) == 'Job migrate is invalid: spec.template: Invalid value: "A_B": must be lower case.'


def test_many_causes() -> None:
    assert words(invalid("one", "two", "three", "four", "five")).endswith("spec.template: three (and 2 more).")


def test_other_refusals_are_as_the_server_says() -> None:
    assert words(Refused("you may not", reason="Forbidden", status=403)) == "you may not."
    assert words(Refused("", reason="Forbidden", status=403)) == "Forbidden."
