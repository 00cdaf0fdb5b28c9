"""The numbers of the fields in the protobuf form of the kinds that clients send in it.

Each line: number, name, and after a colon what it holds (a string where nothing is said). `int0` and `bool0` are no
pointers in Go: their zero means that nobody said anything. `*` repeats, `{}` is a map of strings, `{X}` a map of X, and
`^X` is a message whose fields belong to the one around it. Must not know how a field is read.
"""

from __future__ import annotations

from functools import lru_cache

_TEXT = """
ObjectMeta: 1 name, 2 generateName, 3 namespace, 4 selfLink, 5 uid, 6 resourceVersion, 7 generation:int0,
  8 creationTimestamp:Time, 9 deletionTimestamp:Time, 10 deletionGracePeriodSeconds:int, 11 labels:{},
  12 annotations:{}, 13 ownerReferences:OwnerReference*, 14 finalizers:string*, 15 clusterName,
  17 managedFields:Skipped*
OwnerReference: 1 kind, 3 name, 4 uid, 5 apiVersion, 6 controller:bool, 7 blockOwnerDeletion:bool
LabelSelector: 1 matchLabels:{}, 2 matchExpressions:LabelSelectorRequirement*
LabelSelectorRequirement: 1 key, 2 operator, 3 values:string*
DeleteOptions: 1 gracePeriodSeconds:int, 2 preconditions:Preconditions, 3 orphanDependents:bool, 4 propagationPolicy,
  5 dryRun:string*
Preconditions: 1 uid, 2 resourceVersion
Namespace: 1 metadata:ObjectMeta, 2 spec:NamespaceSpec, 3 status:Skipped
NamespaceSpec: 1 finalizers:string*
ConfigMap: 1 metadata:ObjectMeta, 2 data:{}, 3 binaryData:{bytes}, 4 immutable:bool
Secret: 1 metadata:ObjectMeta, 2 data:{bytes}, 3 type, 4 stringData:{}, 5 immutable:bool
ServiceAccount: 1 metadata:ObjectMeta, 2 secrets:ObjectReference*, 3 imagePullSecrets:LocalObjectReference*,
  4 automountServiceAccountToken:bool
LocalObjectReference: 1 name
ObjectReference: 1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath
Service: 1 metadata:ObjectMeta, 2 spec:ServiceSpec, 3 status:Skipped
ServiceSpec: 1 ports:ServicePort*, 2 selector:{}, 3 clusterIP, 4 type, 5 externalIPs:string*, 7 sessionAffinity,
  8 loadBalancerIP, 9 loadBalancerSourceRanges:string*, 10 externalName, 11 externalTrafficPolicy,
  12 healthCheckNodePort:int0, 13 publishNotReadyAddresses:bool0, 14 sessionAffinityConfig:SessionAffinityConfig,
  17 ipFamilyPolicy, 18 clusterIPs:string*, 19 ipFamilies:string*, 20 allocateLoadBalancerNodePorts:bool,
  21 loadBalancerClass, 22 internalTrafficPolicy
ServicePort: 1 name, 2 protocol, 3 port:int0, 4 targetPort:IntOrString, 5 nodePort:int0, 6 appProtocol
SessionAffinityConfig: 1 clientIP:ClientIPConfig
ClientIPConfig: 1 timeoutSeconds:int
Pod: 1 metadata:ObjectMeta, 2 spec:PodSpec, 3 status:Skipped
PodTemplateSpec: 1 metadata:ObjectMeta, 2 spec:PodSpec
PodSpec: 1 volumes:Volume*, 2 containers:Container*, 3 restartPolicy, 4 terminationGracePeriodSeconds:int,
  5 activeDeadlineSeconds:int, 6 dnsPolicy, 7 nodeSelector:{}, 8 serviceAccountName, 9 serviceAccount, 10 nodeName,
  11 hostNetwork:bool0, 12 hostPID:bool0, 13 hostIPC:bool0, 14 securityContext:PodSecurityContext,
  15 imagePullSecrets:LocalObjectReference*, 16 hostname, 17 subdomain, 19 schedulerName, 20 initContainers:Container*,
  21 automountServiceAccountToken:bool, 22 tolerations:Toleration*, 23 hostAliases:HostAlias*, 24 priorityClassName,
  25 priority:int, 27 shareProcessNamespace:bool, 29 runtimeClassName, 30 enableServiceLinks:bool, 31 preemptionPolicy
PodSecurityContext: 2 runAsUser:int, 3 runAsNonRoot:bool, 4 supplementalGroups:int*, 5 fsGroup:int, 6 runAsGroup:int
Toleration: 1 key, 2 operator, 3 value, 4 effect, 5 tolerationSeconds:int
HostAlias: 1 ip, 2 hostnames:string*
Container: 1 name, 2 image, 3 command:string*, 4 args:string*, 5 workingDir, 6 ports:ContainerPort*, 7 env:EnvVar*,
  8 resources:ResourceRequirements, 9 volumeMounts:VolumeMount*, 10 livenessProbe:Probe, 11 readinessProbe:Probe,
  13 terminationMessagePath, 14 imagePullPolicy, 16 stdin:bool0, 17 stdinOnce:bool0, 18 tty:bool0,
  19 envFrom:EnvFromSource*, 20 terminationMessagePolicy, 22 startupProbe:Probe
ContainerPort: 1 name, 2 hostPort:int0, 3 containerPort:int0, 4 protocol, 5 hostIP
EnvVar: 1 name, 2 value, 3 valueFrom:EnvVarSource
EnvVarSource: 1 fieldRef:ObjectFieldSelector, 3 configMapKeyRef:KeySelector, 4 secretKeyRef:KeySelector
ObjectFieldSelector: 1 apiVersion, 2 fieldPath
KeySelector: 1 :^LocalObjectReference, 2 key, 3 optional:bool
EnvFromSource: 1 prefix, 2 configMapRef:EnvSource, 3 secretRef:EnvSource
EnvSource: 1 :^LocalObjectReference, 2 optional:bool
ResourceRequirements: 1 limits:{Quantity}, 2 requests:{Quantity}
VolumeMount: 1 name, 2 readOnly:bool0, 3 mountPath, 4 subPath, 5 mountPropagation, 6 subPathExpr
Volume: 1 name, 2 :^VolumeSource
VolumeSource: 1 hostPath:HostPath, 2 emptyDir:EmptyDir, 6 secret:SecretVolume, 10 persistentVolumeClaim:ClaimVolume,
  19 configMap:ConfigMapVolume
HostPath: 1 path, 2 type
EmptyDir: 1 medium, 2 sizeLimit:Quantity
SecretVolume: 1 secretName, 2 items:KeyToPath*, 3 defaultMode:int, 4 optional:bool
ConfigMapVolume: 1 :^LocalObjectReference, 2 items:KeyToPath*, 3 defaultMode:int, 4 optional:bool
KeyToPath: 1 key, 2 path, 3 mode:int
ClaimVolume: 1 claimName, 2 readOnly:bool0
Probe: 1 :^ProbeHandler, 2 initialDelaySeconds:int0, 3 timeoutSeconds:int0, 4 periodSeconds:int0,
  5 successThreshold:int0, 6 failureThreshold:int0, 7 terminationGracePeriodSeconds:int
ProbeHandler: 1 exec:ExecAction, 2 httpGet:HTTPGetAction, 3 tcpSocket:TCPSocketAction
ExecAction: 1 command:string*
HTTPGetAction: 1 path, 2 port:IntOrString, 3 host, 4 scheme
TCPSocketAction: 1 port:IntOrString, 2 host
Deployment: 1 metadata:ObjectMeta, 2 spec:DeploymentSpec, 3 status:Skipped
DeploymentSpec: 1 replicas:int, 2 selector:LabelSelector, 3 template:PodTemplateSpec, 4 strategy:DeploymentStrategy,
  5 minReadySeconds:int0, 6 revisionHistoryLimit:int, 7 paused:bool0, 9 progressDeadlineSeconds:int
DeploymentStrategy: 1 type, 2 rollingUpdate:RollingUpdate
RollingUpdate: 1 maxUnavailable:IntOrString, 2 maxSurge:IntOrString
StatefulSet: 1 metadata:ObjectMeta, 2 spec:StatefulSetSpec, 3 status:Skipped
StatefulSetSpec: 1 replicas:int, 2 selector:LabelSelector, 3 template:PodTemplateSpec,
  4 volumeClaimTemplates:PersistentVolumeClaim*, 5 serviceName, 6 podManagementPolicy,
  7 updateStrategy:StatefulSetUpdateStrategy, 8 revisionHistoryLimit:int, 9 minReadySeconds:int0
StatefulSetUpdateStrategy: 1 type, 2 rollingUpdate:StatefulSetRolling
StatefulSetRolling: 1 partition:int
DaemonSet: 1 metadata:ObjectMeta, 2 spec:DaemonSetSpec, 3 status:Skipped
DaemonSetSpec: 1 selector:LabelSelector, 2 template:PodTemplateSpec, 3 updateStrategy:DeploymentStrategy,
  4 minReadySeconds:int0, 6 revisionHistoryLimit:int
PersistentVolumeClaim: 1 metadata:ObjectMeta, 2 spec:PersistentVolumeClaimSpec, 3 status:Skipped
PersistentVolumeClaimSpec: 1 accessModes:string*, 2 resources:ResourceRequirements, 3 volumeName,
  4 selector:LabelSelector, 5 storageClassName, 6 volumeMode
Job: 1 metadata:ObjectMeta, 2 spec:JobSpec, 3 status:Skipped
JobSpec: 1 parallelism:int, 2 completions:int, 3 activeDeadlineSeconds:int, 4 selector:LabelSelector,
  5 manualSelector:bool, 6 template:PodTemplateSpec, 7 backoffLimit:int, 8 ttlSecondsAfterFinished:int,
  9 completionMode, 10 suspend:bool
CronJob: 1 metadata:ObjectMeta, 2 spec:CronJobSpec, 3 status:Skipped
CronJobSpec: 1 schedule, 2 startingDeadlineSeconds:int, 3 concurrencyPolicy, 4 suspend:bool,
  5 jobTemplate:JobTemplateSpec, 6 successfulJobsHistoryLimit:int, 7 failedJobsHistoryLimit:int, 8 timeZone
JobTemplateSpec: 1 metadata:ObjectMeta, 2 spec:JobSpec
Role: 1 metadata:ObjectMeta, 2 rules:PolicyRule*
ClusterRole: 1 metadata:ObjectMeta, 2 rules:PolicyRule*
PolicyRule: 1 verbs:string*, 2 apiGroups:string*, 3 resources:string*, 4 resourceNames:string*,
  5 nonResourceURLs:string*
RoleBinding: 1 metadata:ObjectMeta, 2 subjects:Subject*, 3 roleRef:RoleRef
ClusterRoleBinding: 1 metadata:ObjectMeta, 2 subjects:Subject*, 3 roleRef:RoleRef
Subject: 1 kind, 2 apiGroup, 3 name, 4 namespace
RoleRef: 1 apiGroup, 2 kind, 3 name
Ingress: 1 metadata:ObjectMeta, 2 spec:IngressSpec, 3 status:Skipped
IngressSpec: 1 defaultBackend:IngressBackend, 2 tls:IngressTLS*, 3 rules:IngressRule*, 4 ingressClassName
IngressTLS: 1 hosts:string*, 2 secretName
IngressRule: 1 host, 2 :^IngressRuleValue
IngressRuleValue: 1 http:HTTPIngressRuleValue
HTTPIngressRuleValue: 1 paths:HTTPIngressPath*
HTTPIngressPath: 1 path, 2 backend:IngressBackend, 3 pathType
IngressBackend: 4 service:IngressServiceBackend
IngressServiceBackend: 1 name, 2 port:ServiceBackendPort
ServiceBackendPort: 1 name, 2 number:int0
PodDisruptionBudget: 1 metadata:ObjectMeta, 2 spec:PodDisruptionBudgetSpec, 3 status:Skipped
PodDisruptionBudgetSpec: 1 minAvailable:IntOrString, 2 selector:LabelSelector, 3 maxUnavailable:IntOrString
Eviction: 1 metadata:ObjectMeta, 2 deleteOptions:DeleteOptions
ResourceQuota: 1 metadata:ObjectMeta, 2 spec:ResourceQuotaSpec, 3 status:Skipped
ResourceQuotaSpec: 1 hard:{Quantity}, 2 scopes:string*
PriorityClass: 1 metadata:ObjectMeta, 2 value:int0, 3 globalDefault:bool0, 4 description, 5 preemptionPolicy
HorizontalPodAutoscaler: 1 metadata:ObjectMeta, 2 spec:HorizontalPodAutoscalerSpec, 3 status:Skipped
HorizontalPodAutoscalerSpec: 1 scaleTargetRef:CrossVersionObjectReference, 2 minReplicas:int, 3 maxReplicas:int0,
  4 metrics:MetricSpec*
CrossVersionObjectReference: 1 kind, 2 name, 3 apiVersion
MetricSpec: 1 type, 4 resource:ResourceMetricSource
ResourceMetricSource: 1 name, 2 target:MetricTarget
MetricTarget: 1 type, 2 value:Quantity, 3 averageValue:Quantity, 4 averageUtilization:int
Scale: 1 metadata:ObjectMeta, 2 spec:ScaleSpec, 3 status:Skipped
ScaleSpec: 1 replicas:int0
Lease: 1 metadata:ObjectMeta, 2 spec:LeaseSpec
LeaseSpec: 1 holderIdentity, 2 leaseDurationSeconds:int, 3 acquireTime:MicroTime, 4 renewTime:MicroTime,
  5 leaseTransitions:int
TokenRequest: 1 metadata:ObjectMeta, 2 spec:TokenRequestSpec, 3 status:Skipped
TokenRequestSpec: 1 audiences:string*, 4 expirationSeconds:int
SelfSubjectReview: 1 metadata:ObjectMeta, 2 status:Skipped
SelfSubjectAccessReview: 1 metadata:ObjectMeta, 2 spec:SelfSubjectAccessReviewSpec, 3 status:Skipped
SelfSubjectAccessReviewSpec: 1 resourceAttributes:ResourceAttributes, 2 nonResourceAttributes:NonResourceAttributes
ResourceAttributes: 1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name
NonResourceAttributes: 1 path, 2 verb
SelfSubjectRulesReview: 1 metadata:ObjectMeta, 2 spec:SelfSubjectRulesReviewSpec, 3 status:Skipped
SelfSubjectRulesReviewSpec: 1 namespace
"""

Fields = dict[int, tuple[str, str]]


@lru_cache(maxsize=1)
def messages() -> dict[str, Fields]:
    """By the name of a message: the number of a field → (name, what it holds)."""
    out: dict[str, Fields] = {}
    for line in _TEXT.replace("\n  ", " ").strip().splitlines():
        name, _, rest = line.partition(": ")
        fields: Fields = {}
        for part in rest.split(", "):
            number, _, shown = part.strip().partition(" ")
            field, _, holds = shown.partition(":")
            fields[int(number)] = (field, holds or "string")
        out[name] = fields
    return out
