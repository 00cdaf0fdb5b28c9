"""What was there before each recorded group, and the unrecorded steps between its exchanges."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from typing import Any

from tests.cluster.practice.kube import STRATEGIC, Kube
from tests.cluster.practice.replay import streams
from tests.cluster.practice.replay.player import Player
from tests.cluster.practice.replay.recordings import exchanges

Json = Any
Setup = Callable[[Kube], Awaitable[dict[str, Callable[[Player], Awaitable[None]]] | None]]
IMAGE = "docker.io/library/busybox:local"
_OWN = ("kube-api-access-",)
_DROPPED_META = frozenset(
    {
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "managedFields",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "ownerReferences",
        "finalizers",
    }
)


def recorded(name: str) -> Json:
    """The object that a recorded answer shows, as its author may have written it."""
    body = copy.deepcopy(exchanges()[name]["response"]["body"])
    out = {k: v for k, v in body.items() if k != "status"}
    data = {k: v for k, v in body["metadata"].items() if k not in _DROPPED_META}
    data["annotations"] = {
        k: v for k, v in (data.get("annotations") or {}).items() if ".kubernetes.io" not in k and "/" not in k
    }
    out["metadata"] = data
    if body["kind"] == "Pod":
        out["spec"] = _pod_spec(body["spec"])
    return out


def _pod_spec(spec: Json) -> Json:
    dropped = ("nodeName", "serviceAccount", "serviceAccountName", "tolerations", "priority", "preemptionPolicy")
    out = {k: v for k, v in spec.items() if k not in dropped}
    out["volumes"] = [v for v in spec.get("volumes") or [] if not v["name"].startswith(_OWN)]
    for field in ("containers", "initContainers"):
        if spec.get(field):
            out[field] = [
                {**c, "volumeMounts": [m for m in c.get("volumeMounts") or [] if not m["name"].startswith(_OWN)]}
                for c in spec[field]
            ]
    return out


def pod(name: str, command: str = "sleep 3600", **spec: Json) -> Json:
    container = {"name": "c", "image": IMAGE, "command": ["sh", "-c", command]}
    body = {"containers": [container], "terminationGracePeriodSeconds": 1, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": body}


def deployment(name: str, replicas: int = 1, **template: Json) -> Json:
    labels = {"app": name}
    inner = {"metadata": {"labels": labels}, "spec": {**pod(name)["spec"], **template}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": inner}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": labels}, "spec": spec}


def config(name: str, **metadata: Json) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": {"a": "1"}}


def service(name: str, **spec: Json) -> Json:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


async def make(kube: Kube, path: str, *objects: Json) -> None:
    for obj in objects:
        answer = await kube.post(path, obj)
        assert answer.status == 201, f"{path}: {answer.body}"


async def again(kube: Kube, *names: str) -> None:
    """Repeats creations of other groups."""
    for name in names:
        request = exchanges()[name]["request"]
        await make(kube, request["path"], request["body"])


async def no_default_storage(kube: Kube) -> None:
    """The recorded cluster had no storage class."""
    await kube.delete("/apis/storage.k8s.io/v1/storageclasses/standard")


async def ready(kube: Kube, path: str, count: int = 1, **query: str) -> Json:
    def all_ready(body: Json) -> bool:
        items = body.get("items") or []
        good = [
            o
            for o in items
            if any(c["type"] == "Ready" and c["status"] == "True" for c in o["status"].get("conditions", []))
        ]
        return len(good) >= count

    return await kube.eventually(path, all_ready, 15, **query)


# --- one per group -------------------------------------------------------------------------------------------------


async def _defaults(kube: Kube) -> None:
    await no_default_storage(kube)
    # The recorded build puts a second config map into every namespace, which its quota counts.
    await make(kube, "/api/v1/namespaces/rec-defaults/configmaps", config("openshift-service-ca.crt"))


async def _invalid(kube: Kube) -> None:
    await no_default_storage(kube)
    root = "/namespaces/rec-invalid"
    ports = [{"port": 80, "nodePort": 31999}]
    await make(kube, f"/api/v1{root}/services", service("np1", type="NodePort", ports=ports))
    await make(kube, f"/apis/apps/v1{root}/deployments", deployment("im", 0))
    job_spec = {
        "parallelism": 0,
        "completions": 1,
        "template": {"spec": {**pod("im")["spec"], "restartPolicy": "Never"}},
    }
    await make(kube, f"/apis/batch/v1{root}/jobs", {"metadata": {"name": "im"}, "spec": job_spec})
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    spec = {
        **deployment("im", 0)["spec"],
        "serviceName": "im",
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
    }
    await make(kube, f"/apis/apps/v1{root}/statefulsets", {"metadata": {"name": "im"}, "spec": spec})
    await make(kube, f"/api/v1{root}/pods", pod("im", schedulerName="none"))
    await make(kube, f"/api/v1{root}/persistentvolumeclaims", {"metadata": {"name": "im"}, "spec": claim})
    binding = {"metadata": {"name": "im"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": []}
    await make(kube, f"/apis/rbac.authorization.k8s.io/v1{root}/rolebindings", binding)


async def _apply(kube: Kube) -> Json:
    root = "/namespaces/rec-apply"
    await make(kube, f"/apis/apps/v1{root}/deployments", deployment("sc", 0))

    async def merge_target(player: Player) -> None:
        body = {**config("p", labels={"x": "1"}), "data": {"a": "1", "b": "2"}}
        await make(kube, f"/api/v1{root}/configmaps", body)

    return {"patch-merge-null-removes": merge_target}


async def _lists(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-lists"
    await make(kube, f"{root}/configmaps", config("openshift-service-ca.crt"))
    for n in range(5):
        labels = {"app": "web" if n % 2 else "db", "n": str(n), **({"odd": "1"} if n % 2 else {})}
        await make(kube, f"{root}/configmaps", config(f"l{n}", labels=labels))
    await make(kube, f"{root}/pods", pod("a"), pod("b", schedulerName="none"))
    await ready(kube, f"{root}/pods")

    async def change(player: Player) -> None:
        await kube.patch(f"{root}/configmaps/l0", {"data": {"a": "changed"}})

    return {"list-resourceversion-exact": change}


async def _deletes(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-delete"
    await make(kube, f"{root}/configmaps", config("p"))
    for name in ("dbackground", "dforeground", "dorphan"):
        await make(kube, "/apis/apps/v1/namespaces/rec-delete/deployments", deployment(name))
    trap = 'trap "exit 0" TERM; sleep 3600 & wait'
    await make(
        kube,
        f"{root}/pods",
        pod("g", trap, terminationGracePeriodSeconds=5),
        pod("g0", terminationGracePeriodSeconds=30),
        pod("gn", schedulerName="none"),
    )
    await ready(kube, f"{root}/pods", 5)
    return None


async def _gc(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-gc/configmaps"
    owner = await kube.post(root, config("owner"))
    uid = owner["metadata"]["uid"]
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}

    lost = {**reference, "name": "lost", "uid": "00000000-0000-0000-0000-000000000001"}
    await make(kube, root, config("lost", ownerReferences=[lost]), config("openshift-service-ca.crt"))
    await kube.eventually(f"{root}/lost", lambda b: b["kind"] == "Status")

    async def learn(player: Player) -> None:
        player.values["4ad38ce9-1f31-4a14-a293-886b6ff62666"] = uid

    async def more(player: Player) -> None:
        blocking = {**reference, "blockOwnerDeletion": True}
        await make(kube, root, config("child-block", ownerReferences=[blocking]))

    return {"ownerreference-create-child": learn, "gc-background-watch": more}


async def _nsdelete(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-nsdel"
    await make(kube, f"{root}/configmaps", config("c"))
    await make(kube, f"{root}/pods", pod("p", terminationGracePeriodSeconds=300))
    await ready(kube, f"{root}/pods")
    return None


async def _crds(kube: Kube) -> Json:
    async def established(player: Player) -> None:
        def is_established(body: Json) -> bool:
            found = (body.get("status") or {}).get("conditions") or []
            return any(c["type"] == "Established" and c["status"] == "True" for c in found)

        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.rec.example.com"
        await kube.eventually(path, is_established)

    return {"crd-get-established": established}


async def _evict(kube: Kube) -> Json:
    root = "/namespaces/rec-evict"
    body = deployment("web", 2)
    await make(kube, f"/apis/apps/v1{root}/deployments", body)
    await make(kube, f"/apis/policy/v1{root}/poddisruptionbudgets", recorded("pdb-status"))
    found = await ready(kube, f"/api/v1{root}/pods", 2)
    names = [p["metadata"]["name"] for p in found["items"]]

    async def learn(player: Player) -> None:
        player.values |= {"web-69764d79cf-7ggwk": names[0], "web-69764d79cf-l8vpz": names[1]}

    return {"pdb-status": learn}


async def _svc(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-svc"

    async def pods(player: Player) -> None:
        for name, life in (("a", ""), ("b", "probe")):
            body = pod(name)
            body["metadata"] |= {"labels": {"app": "web"}, "annotations": {"sailcloth.practice/life": life}}
            body["spec"]["containers"][0]["ports"] = [{"name": "web", "containerPort": 8080}]
            await make(kube, f"{root}/pods", body)

    return {"service-endpoints": pods}


async def _watches(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-watch/configmaps"
    await make(kube, root, config("w0", labels={"w": "1"}))
    found = await kube.get(root)

    async def changes(player: Player) -> None:
        player.values["1669"] = found["metadata"]["resourceVersion"]
        entries = [e for e in exchanges().values() if e["group"] == "watches"]
        player.outcomes |= await streams.play(kube, entries, found["metadata"]["resourceVersion"])

    return {"watch-with-labelselector": changes}


async def _tables(kube: Kube) -> Json:
    await no_default_storage(kube)
    root = "/namespaces/rec-table"
    await make(kube, f"/api/v1{root}/configmaps", config("c"), config("openshift-service-ca.crt"))
    await make(kube, f"/apis/apps/v1{root}/deployments", deployment("web"))
    ports = [{"port": 80}]
    await make(kube, f"/api/v1{root}/services", service("web", selector={"app": "web"}, ports=ports))
    await make(kube, f"/api/v1{root}/pods", pod("crash", "sleep 0.1; exit 1"))
    await again(
        kube,
        "default-deployment",
        "default-cronjob",
        "default-statefulset",
        "default-daemonset",
        "default-ingress",
        "default-pvc",
        "default-hpa-v2",
        "default-pdb",
        "default-role",
        "default-rolebinding",
        "default-networkpolicy",
        "crd-create-201",
    )
    await ready(kube, f"/api/v1{root}/pods")

    template = {"metadata": {"labels": {"a": "j"}}, "spec": {**pod("j", "echo hi")["spec"], "restartPolicy": "Never"}}
    await make(kube, f"/apis/batch/v1{root}/jobs", {"metadata": {"name": "j"}, "spec": {"template": template}})
    return None


async def _more(kube: Kube) -> Json:
    await no_default_storage(kube)
    root = "/namespaces/rec-more"
    for n in range(4):
        await make(kube, f"/api/v1{root}/configmaps", config(f"m{n}"))
    await make(kube, "/apis/apps/v1/namespaces/rec-defaults/deployments", deployment("d", 0))
    await make(
        kube, "/apis/autoscaling/v2/namespaces/rec-defaults/horizontalpodautoscalers", recorded("default-hpa-v2")
    )
    await make(kube, f"/apis/apps/v1{root}/daemonsets", recorded("daemonset-ready"))
    volume = recorded("pv-bound")
    volume["spec"].pop("claimRef")
    await make(kube, "/api/v1/persistentvolumes", volume)
    claim = recorded("pvc-bound")
    claim["spec"].pop("volumeName")
    await make(kube, f"/api/v1{root}/persistentvolumeclaims", claim)
    await make(kube, f"/api/v1{root}/pods", recorded("pod-restarted-once-running"), pod("nnl", "printf 'no newline'"))

    async def release(player: Player) -> None:
        await kube.delete(f"/api/v1{root}/persistentvolumeclaims/b")

    return {"pv-released": release}


LIFE = "sailcloth.practice/life"
# How the practice cluster is told to fail as the recorded pods did.
LIVES = {"readiness": "probe", "readiness-http": "probe", "oomkilled": "oom", "oomkilled-restart": "oom"}


async def _failures(kube: Kube) -> Json:
    """Every pod of the group is made when its first answer is due."""
    root = "/api/v1/namespaces/rec-fail/pods"
    await no_default_storage(kube)
    steps: dict[str, Callable[[Player], Awaitable[None]]] = {}
    seen: set[str] = set()
    for entry in exchanges().values():
        body = entry["response"].get("body")
        if entry["group"] != "failures" or not isinstance(body, dict) or body.get("kind") != "Pod":
            continue
        name = body["metadata"]["name"]
        if name not in seen:
            seen.add(name)
            steps[entry["name"]] = _maker(kube, root, entry["name"])
    return steps


def _maker(kube: Kube, root: str, source: str) -> Callable[[Player], Awaitable[None]]:
    async def step(player: Player) -> None:
        body = recorded(source)
        name = body["metadata"]["name"]
        if name in LIVES:
            body["metadata"]["annotations"] = {LIFE: LIVES[name]}
        await make(kube, root, body)

    return step


async def _logs(kube: Kube) -> Json:
    root = "/api/v1/namespaces/rec-logs/pods"
    first = [f"echo line {n}" for n in range(5)] + [f"echo err {n} >&2" for n in range(5)]
    ticks = [f"echo tick {n}; sleep 1" for n in range(5, 12)]
    two = pod("two", "echo from a; sleep 3600")
    two["spec"]["containers"][0]["name"] = "a"
    two["spec"]["containers"].append({**two["spec"]["containers"][0], "name": "b", "command": ["sleep", "3600"]})
    bad = pod("badimg")
    bad["spec"]["containers"][0]["image"] = "missing:1"
    await make(
        kube,
        root,
        pod("lg", "; ".join([*first, *ticks, "sleep 3600"])),
        two,
        bad,
        pod("pending", schedulerName="none"),
        pod("pv", "echo run 1795418556; exit 1"),
    )
    await ready(kube, root, 2)
    await asyncio.sleep(1)
    return None


async def _rollout(kube: Kube) -> Json:
    path = "/apis/apps/v1/namespaces/rec-rollout/deployments"

    async def stuck(player: Player) -> None:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
        await kube.patch(f"{path}/web", {"spec": {"strategy": strategy, "progressDeadlineSeconds": 3}})
        template = {"spec": {"containers": [{"name": "c", "image": "127.0.0.1:5999/missing:2"}]}}
        await kube.patch(f"{path}/web", {"spec": {"template": template}}, STRATEGIC)

    async def over(player: Player) -> None:
        await make(kube, "/api/v1/namespaces/rec-rollout/pods", pod("third", schedulerName="none"))
        quota = {"metadata": {"name": "rq"}, "spec": {"hard": {"pods": "1"}}}
        await make(kube, "/api/v1/namespaces/rec-rollout/resourcequotas", quota)
        await make(kube, path, deployment("over", 2))

    return {"rollout-stuck-progressdeadlineexceeded": stuck, "rollout-replicafailure-quota": over}


async def _sts(kube: Kube) -> Json:
    await no_default_storage(kube)

    async def claims(player: Player) -> None:
        labels = {"app": "pv"}
        inner = {"metadata": {"labels": labels}, "spec": pod("pv")["spec"]}
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        spec = {
            "serviceName": "db",
            "selector": {"matchLabels": labels},
            "template": inner,
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
        }
        await make(kube, "/apis/apps/v1/namespaces/rec-sts/statefulsets", {"metadata": {"name": "pv"}, "spec": spec})

    return {"statefulset-claim": claims}


SETUPS: dict[str, Setup] = {
    "defaults": _defaults,
    "invalid": _invalid,
    "apply": _apply,
    "lists": _lists,
    "deletes": _deletes,
    "gc": _gc,
    "nsdelete": _nsdelete,
    "crds": _crds,
    "evict": _evict,
    "svc": _svc,
    "watches": _watches,
    "tables": _tables,
    "more": _more,
    "failures": _failures,
    "logs": _logs,
    "rollout": _rollout,
    "sts": _sts,
}


async def play(kube: Kube, group: str, entries: list[Json]) -> Player:
    paths = [e["request"]["path"] for e in entries]
    spaces = {p.split("/namespaces/")[1].split("/")[0] for p in paths if "/namespaces/" in p}
    for name in sorted(spaces - {"nope", "default", "kube-system", "kube-node-lease"}):
        if group == "basics":
            continue
        await make(kube, "/api/v1/namespaces", {"metadata": {"name": name}})
        await kube.eventually(f"/api/v1/namespaces/{name}/configmaps", lambda b: b["items"])
    setup = SETUPS.get(group)
    extra = await setup(kube) if setup else None
    player = Player(kube, extra=extra)
    await player.play(entries)
    return player
