"""Causes of storage, scaling, and what runs to its end."""

from tests.unit.diagnose.scenes import (
    OLD,
    WEB,
    WELL,
    Case,
    Scene,
    autoscaler,
    budget,
    claim,
    cron,
    deployment,
    edge,
    event,
    failed_pod,
    job,
    node,
    obj,
    serving_pod,
    storage_class,
    unscheduled,
)

CASES: list[Case] = [
    # --- storage
    (
        "claim_missing",
        Scene(WEB, live=[deployment()], pods=[unscheduled('persistentvolumeclaim "data" not found')]),
        'claim "data", which does not exist',
        "add_claim",
    ),
    (
        "claim_no_class",
        Scene(
            node("data", "persistentvolumeclaim", size="1Gi"),
            live=[claim()],
            listed={"StorageClass": [storage_class()]},
        ),
        "names no storage class",
        "choose_storage_class",
    ),
    (
        "claim_class_missing",
        Scene(
            node("data", "persistentvolumeclaim", size="1Gi"),
            live=[claim(class_="fast")],
            listed={"StorageClass": [storage_class()]},
        ),
        'no storage class "fast"',
        "choose_storage_class",
    ),
    (
        "claim_not_provisioned",
        Scene(
            node("data", "persistentvolumeclaim", size="1Gi"),
            live=[claim(class_="fast")],
            events=[event(claim(), "ProvisioningFailed", "quota of disks reached")],
        ),
        "quota of disks",
        "",
    ),
    ("claim_lost", Scene(node("data", "persistentvolumeclaim", size="1Gi"), live=[claim(phase="Lost")]), "is gone", ""),
    (
        "claim_pending",
        Scene(node("data", "persistentvolumeclaim", size="1Gi"), live=[claim(class_="fast")]),
        "waits for a volume",
        "",
    ),
    (
        "claim_waits_for_consumer",
        Scene(
            node("data", "persistentvolumeclaim", size="1Gi"),
            live=[claim()],
            events=[
                event(
                    claim(),
                    "WaitForFirstConsumer",
                    "waiting for first consumer to be created before binding",
                    type_="Normal",
                )
            ],
        ),
        "first pod uses it",
        "",
    ),
    # --- scaling
    (
        "hpa_no_metrics",
        Scene(
            node("scaler", "hpa", max_replicas=5),
            node("web"),
            edges=[edge("scaler", "web")],
            live=[
                autoscaler(
                    conditions=[
                        {"type": "AbleToScale", "status": "True"},
                        {
                            "type": "ScalingActive",
                            "status": "False",
                            "reason": "FailedGetResourceMetric",
                            "message": "no metrics returned from resource metrics API",
                        },
                    ]
                )
            ],
        ),
        "no metrics returned",
        "",
    ),
    (
        "hpa_missing_requests",
        Scene(
            node("scaler", "hpa", max_replicas=5),
            node("web"),
            edges=[edge("scaler", "web")],
            live=[autoscaler()],
            named={("Deployment", "web"): deployment(status=WELL)},
        ),
        "the container web requests no cpu",
        "set_requests",
    ),
    (
        "hpa_target_missing",
        Scene(node("scaler", "hpa", max_replicas=5), live=[autoscaler()], named={("Deployment", "web"): None}),
        'the Deployment "web"',
        "",
    ),
    (
        "hpa_at_maximum",
        Scene(
            node("scaler", "hpa", max_replicas=5),
            live=[
                autoscaler(
                    conditions=[
                        {"type": "AbleToScale", "status": "True"},
                        {"type": "ScalingActive", "status": "True"},
                        {"type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas"},
                    ]
                )
            ],
        ),
        "more than 5",
        "raise_maximum",
    ),
    (
        "budget_blocks",
        Scene(node("budget", "poddisruptionbudget", min_available=2), live=[budget(2, 2, 2)], pods=[serving_pod()]),
        "2 of 2 pods",
        "loosen_budget",
    ),
    (
        "budget_matches_nothing",
        Scene(node("budget", "poddisruptionbudget"), live=[budget(0, 0, 0)]),
        "guards no pod",
        "",
    ),
    (
        "quota_full",
        Scene(
            node("small", "resourcequota", hard={"pods": "2"}),
            live=[
                obj(
                    "v1",
                    "ResourceQuota",
                    "small",
                    spec={"hard": {"pods": "2"}},
                    status={"hard": {"pods": "2"}, "used": {"pods": "2"}},
                )
            ],
        ),
        "pods (2 of 2)",
        "",
    ),
    # --- jobs
    (
        "job_failed",
        Scene(
            node("web", "job"),
            live=[
                job(
                    [
                        {
                            "type": "Failed",
                            "status": "True",
                            "reason": "BackoffLimitExceeded",
                            "message": "Job has reached the specified backoff limit",
                        }
                    ],
                    {"failed": 3},
                )
            ],
            pods=[failed_pod()],
            logs={("web-abc", "web"): ("cannot connect",)},
        ),
        'It failed 3 times: the container "web" exited with code 3. The last it wrote: cannot connect',
        "run_again",
    ),
    (
        "job_too_slow",
        Scene(
            node("web", "job", deadline_seconds=60),
            live=[
                job(
                    [
                        {
                            "type": "Failed",
                            "status": "True",
                            "reason": "DeadlineExceeded",
                            "message": "Job was active longer",
                        }
                    ],
                    activeDeadlineSeconds=60,
                )
            ],
        ),
        "longer than the 60 s",
        "raise_deadline",
    ),
    (
        "cron_never_fires",
        Scene(node("web", "cronjob", schedule="0 3 31 2 *"), live=[cron(schedule="0 3 31 2 *")]),
        "no day that there is",
        "change_schedule",
    ),
    (
        "cron_last_run_failed",
        Scene(
            node("web", "cronjob", schedule="0 3 * * *"),
            live=[cron(status={"lastScheduleTime": OLD})],
            pods=[failed_pod()],
        ),
        "last run failed",
        "",
    ),
    (
        "cron_missed",
        Scene(
            node("web", "cronjob", schedule="0 3 * * *"),
            live=[cron()],
            events=[event(cron(), "TooManyMissedTimes", "too many missed start times: 101")],
        ),
        "too many missed",
        "",
    ),
    (
        "suspended",
        Scene(node("web", "cronjob", schedule="0 3 * * *", suspend=True), live=[cron(suspend=True)]),
        "starts no jobs",
        "resume",
    ),
]
