"""Idempotency-Key: the same request twice acts once, also when both come at the same time."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from core.api import idempotency
from core.api.idempotency_models import IdempotencyKey
from core.api.parsers import JsonParser
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import Conflict
from core.principal import Principal, PrincipalKind

pytestmark = pytest.mark.django_db(transaction=True)


class Made:
    """What the view did; `outcome` is what it does next."""

    def __init__(self):
        self.calls = []
        self.outcome = lambda: None


@pytest.fixture
def made():
    return Made()


@pytest.fixture
def post(made):
    class Things(ApiView):
        access = Access.MEMBER
        parser_classes = [JsonParser, MultiPartParser]

        @idempotency.idempotent
        def post(self, request):
            uploaded = request.FILES.get("file")
            made.calls.append(uploaded.read() if uploaded else request.data)
            made.outcome()
            return Response({"id": len(made.calls)}, status=201, headers={"ETag": f'"{len(made.calls)}"'})

    view = Things.as_view()

    def send(body=None, key="k1", actor="alice", path="/v1/api/things", **more):
        headers = {"Idempotency-Key": key} if key else {}
        more.setdefault("format", "json")
        request = APIRequestFactory().post(path, body if body is not None else {"n": 1}, headers=headers, **more)
        force_authenticate(request, token=Principal(PrincipalKind.USER, actor, "w"))
        return view(request)

    return send


def test_the_same_request_gets_the_same_answer(post, made):
    first, second = post(), post()
    assert (first.status_code, first.data, first["ETag"]) == (201, {"id": 1}, '"1"')
    assert (second.status_code, second.data, second["ETag"]) == (201, {"id": 1}, '"1"')
    assert second["Idempotent-Replayed"] == "true"
    assert len(made.calls) == 1


def test_without_a_key_each_counts(post, made):
    post(key="")
    post(key="")
    assert len(made.calls) == 2
    assert not IdempotencyKey.objects.exists()


def test_keys_are_per_actor_and_route(post, made):
    post()
    post(actor="bob")
    post(path="/v1/api/others")
    post(key="k2")
    assert len(made.calls) == 4


def test_the_order_of_keys_does_not_matter_but_the_values_do(post):
    assert post({"a": 1, "b": 2}).data == {"id": 1}
    assert post({"b": 2, "a": 1}).data == {"id": 1}
    other = post({"a": 1, "b": 3})
    assert (other.status_code, other.data["code"]) == (409, "idempotency_key_reused")


def test_uploads_are_compared_by_content(post, made):
    def upload(content):
        return post({"file": SimpleUploadedFile("a.yaml", content)}, format="multipart")

    assert upload(b"one").data == {"id": 1}
    assert upload(b"one").data == {"id": 1}
    assert upload(b"two").status_code == 409
    assert made.calls == [b"one"]


def test_what_was_refused_may_be_tried_again(post, made):
    def refuse():
        raise Conflict("Not now.")

    made.outcome = refuse
    assert post().status_code == 409
    made.outcome = lambda: None
    assert post().status_code == 201


def test_what_failed_may_be_tried_again(post, made):
    def fail():
        raise RuntimeError

    made.outcome = fail
    with pytest.raises(RuntimeError):
        post()
    assert not IdempotencyKey.objects.exists()


def test_at_the_same_time_one_acts_and_others_are_told(post, made, in_threads):
    """The first waits inside the view until seven others have got their answer."""
    answers = []
    others_done = threading.Event()
    made.outcome = lambda: others_done.wait(60)

    def send():
        answer = post()
        answers.append((answer.status_code, answer.data))
        if len(answers) == 7:
            others_done.set()

    in_threads([send] * 8)
    assert sorted(status for status, _ in answers) == [201] + [409] * 7
    assert {data["code"] for status, data in answers if status == 409} == {"idempotency_in_progress"}
    assert len(made.calls) == 1


def test_an_abandoned_key_is_free_after_a_while(post, made):
    post()
    IdempotencyKey.objects.update(status=None)
    assert post().data["code"] == "idempotency_in_progress"
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert post().data == {"id": 2}


def test_after_a_day_a_key_is_new(post):
    post()
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post({"other": True}).data == {"id": 2}
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency.prune() == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\x07b"])
def test_what_is_no_key(post, key):
    assert post(key=key).data["code"] == "invalid_idempotency_key"
