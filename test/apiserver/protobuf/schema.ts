/**
 * What Kubernetes objects look like on the wire in `application/vnd.kubernetes.protobuf`: field numbers, types and which
 * fields are written even when they are zero.
 *
 * Written down from the Go types of k8s.io/api and k8s.io/apimachinery v0.34.4, whose struct tags carry both the JSON name
 * and the field number (https://github.com/kubernetes/api/blob/v0.34.4/core/v1/types.go,
 * https://github.com/kubernetes/apimachinery/blob/v0.34.4/pkg/apis/meta/v1/types.go; the numbers are those of the
 * generated.proto beside them). Volume sources and features that no scenario uses are left out.
 *
 * One line a message: `name number type`. `[]T` repeated, `{T}` a map from strings, `!` a Go value and no pointer: the API
 * server writes it although it is empty, `~` a message of its own whose fields stand inline in JSON.
 */
const MESSAGES = `
Pod: metadata 1 ObjectMeta!, spec 2 PodSpec!, status 3 PodStatus!
Node: metadata 1 ObjectMeta!, spec 2 NodeSpec!, status 3 NodeStatus!
Service: metadata 1 ObjectMeta!, spec 2 ServiceSpec!, status 3 ServiceStatus!
Namespace: metadata 1 ObjectMeta!, spec 2 NamespaceSpec!, status 3 NamespaceStatus!
ConfigMap: metadata 1 ObjectMeta!, data 2 {string}, binaryData 3 {bytes}, immutable 4 bool
Secret: metadata 1 ObjectMeta!, data 2 {bytes}, type 3 string!, stringData 4 {string}, immutable 5 bool
ServiceAccount: metadata 1 ObjectMeta!, secrets 2 []ObjectReference, imagePullSecrets 3 []LocalObjectReference, automountServiceAccountToken 4 bool
Event: metadata 1 ObjectMeta!, involvedObject 2 ObjectReference!, reason 3 string!, message 4 string!, source 5 EventSource!, firstTimestamp 6 Time!, lastTimestamp 7 Time!, count 8 int32!, type 9 string!, eventTime 10 MicroTime!, series 11 EventSeries, action 12 string!, related 13 ObjectReference, reportingComponent 14 string!, reportingInstance 15 string!
Endpoints: metadata 1 ObjectMeta!, subsets 2 []EndpointSubset
EndpointSlice: metadata 1 ObjectMeta!, endpoints 2 []Endpoint, ports 3 []discovery_EndpointPort, addressType 4 string!
DaemonSet: metadata 1 ObjectMeta!, spec 2 DaemonSetSpec!, status 3 DaemonSetStatus!
Deployment: metadata 1 ObjectMeta!, spec 2 DeploymentSpec!, status 3 DeploymentStatus!
NetworkPolicy: metadata 1 ObjectMeta!, spec 2 NetworkPolicySpec!
ServiceCIDR: metadata 1 ObjectMeta!, spec 2 ServiceCIDRSpec!, status 3 ServiceCIDRStatus!
IPAddress: metadata 1 ObjectMeta!, spec 2 IPAddressSpec!
SelfSubjectAccessReview: metadata 1 ObjectMeta!, spec 2 SelfSubjectAccessReviewSpec!, status 3 SubjectAccessReviewStatus!
SelfSubjectRulesReview: metadata 1 ObjectMeta!, spec 2 SelfSubjectRulesReviewSpec!, status 3 SubjectRulesReviewStatus!
Status: metadata 1 ListMeta!, status 2 string!, message 3 string!, reason 4 string!, details 5 StatusDetails, code 6 int32!
ListMeta: selfLink 1 string!, resourceVersion 2 string!, continue 3 string!, remainingItemCount 4 int64
DeleteOptions: gracePeriodSeconds 1 int64, preconditions 2 Preconditions, orphanDependents 3 bool, propagationPolicy 4 string, dryRun 5 []string, ignoreStoreReadErrorWithClusterBreakingPotential 6 bool
Lease: metadata 1 ObjectMeta!, spec 2 LeaseSpec!
ObjectMeta: name 1 string!, generateName 2 string!, namespace 3 string!, selfLink 4 string!, uid 5 string!, resourceVersion 6 string!, generation 7 int64!, creationTimestamp 8 Time!, deletionTimestamp 9 Time, deletionGracePeriodSeconds 10 int64, labels 11 {string}, annotations 12 {string}, ownerReferences 13 []OwnerReference, finalizers 14 []string, managedFields 17 []ManagedFieldsEntry
PodSpec: volumes 1 []Volume, containers 2 []Container, restartPolicy 3 string!, terminationGracePeriodSeconds 4 int64, activeDeadlineSeconds 5 int64, dnsPolicy 6 string!, nodeSelector 7 {string}, serviceAccountName 8 string!, serviceAccount 9 string!, nodeName 10 string!, hostNetwork 11 bool!, hostPID 12 bool!, hostIPC 13 bool!, securityContext 14 PodSecurityContext, imagePullSecrets 15 []LocalObjectReference, hostname 16 string!, subdomain 17 string!, affinity 18 Affinity, schedulerName 19 string!, initContainers 20 []Container, automountServiceAccountToken 21 bool, tolerations 22 []Toleration, hostAliases 23 []HostAlias, priorityClassName 24 string!, priority 25 int32, dnsConfig 26 PodDNSConfig, shareProcessNamespace 27 bool, readinessGates 28 []PodReadinessGate, runtimeClassName 29 string, enableServiceLinks 30 bool, preemptionPolicy 31 string, overhead 32 {Quantity}, topologySpreadConstraints 33 []TopologySpreadConstraint, ephemeralContainers 34 []EphemeralContainer, setHostnameAsFQDN 35 bool, os 36 PodOS, hostUsers 37 bool, resources 40 ResourceRequirements, hostnameOverride 41 string
PodStatus: phase 1 string!, conditions 2 []PodCondition, message 3 string!, reason 4 string!, hostIP 5 string!, podIP 6 string!, startTime 7 Time, containerStatuses 8 []ContainerStatus, qosClass 9 string!, initContainerStatuses 10 []ContainerStatus, nominatedNodeName 11 string!, podIPs 12 []PodIP, ephemeralContainerStatuses 13 []ContainerStatus, resize 14 string!, hostIPs 16 []HostIP, observedGeneration 17 int64!
NodeSpec: podCIDR 1 string!, externalID 2 string!, providerID 3 string!, unschedulable 4 bool!, taints 5 []Taint, podCIDRs 7 []string
NodeStatus: capacity 1 {Quantity}, allocatable 2 {Quantity}, phase 3 string!, conditions 4 []NodeCondition, addresses 5 []NodeAddress, daemonEndpoints 6 NodeDaemonEndpoints!, nodeInfo 7 NodeSystemInfo!, images 8 []ContainerImage, volumesInUse 9 []string, volumesAttached 10 []AttachedVolume
ServiceSpec: ports 1 []ServicePort, selector 2 {string}, clusterIP 3 string!, type 4 string!, externalIPs 5 []string, sessionAffinity 7 string!, loadBalancerIP 8 string!, loadBalancerSourceRanges 9 []string, externalName 10 string!, externalTrafficPolicy 11 string!, healthCheckNodePort 12 int32!, publishNotReadyAddresses 13 bool!, sessionAffinityConfig 14 SessionAffinityConfig, ipFamilyPolicy 17 string, clusterIPs 18 []string, ipFamilies 19 []string, allocateLoadBalancerNodePorts 20 bool, loadBalancerClass 21 string, internalTrafficPolicy 22 string, trafficDistribution 23 string
ServiceStatus: loadBalancer 1 LoadBalancerStatus!, conditions 2 []Condition
NamespaceSpec: finalizers 1 []string
NamespaceStatus: phase 1 string!, conditions 2 []NamespaceCondition
ObjectReference: kind 1 string!, namespace 2 string!, name 3 string!, uid 4 string!, apiVersion 5 string!, resourceVersion 6 string!, fieldPath 7 string!
LocalObjectReference: name 1 string!
EventSource: component 1 string!, host 2 string!
EventSeries: count 1 int32!, lastObservedTime 2 MicroTime!
EndpointSubset: addresses 1 []EndpointAddress, notReadyAddresses 2 []EndpointAddress, ports 3 []v1_EndpointPort
Endpoint: addresses 1 []string, conditions 2 EndpointConditions!, hostname 3 string, targetRef 4 ObjectReference, nodeName 6 string, zone 7 string, hints 8 EndpointHints
discovery_EndpointPort: name 1 string, protocol 2 string, port 3 int32, appProtocol 4 string
DaemonSetSpec: selector 1 LabelSelector, template 2 PodTemplateSpec!, updateStrategy 3 DaemonSetUpdateStrategy!, minReadySeconds 4 int32!, revisionHistoryLimit 6 int32
DaemonSetStatus: currentNumberScheduled 1 int32!, numberMisscheduled 2 int32!, desiredNumberScheduled 3 int32!, numberReady 4 int32!, observedGeneration 5 int64!, updatedNumberScheduled 6 int32!, numberAvailable 7 int32!, numberUnavailable 8 int32!, collisionCount 9 int32, conditions 10 []DaemonSetCondition
DeploymentSpec: replicas 1 int32, selector 2 LabelSelector, template 3 PodTemplateSpec!, strategy 4 DeploymentStrategy!, minReadySeconds 5 int32!, revisionHistoryLimit 6 int32, paused 7 bool!, progressDeadlineSeconds 9 int32
DeploymentStatus: observedGeneration 1 int64!, replicas 2 int32!, updatedReplicas 3 int32!, availableReplicas 4 int32!, unavailableReplicas 5 int32!, conditions 6 []DeploymentCondition, readyReplicas 7 int32!, collisionCount 8 int32, terminatingReplicas 9 int32
NetworkPolicySpec: podSelector 1 LabelSelector!, ingress 2 []NetworkPolicyIngressRule, egress 3 []NetworkPolicyEgressRule, policyTypes 4 []string
ServiceCIDRSpec: cidrs 1 []string
ServiceCIDRStatus: conditions 1 []Condition
IPAddressSpec: parentRef 1 ParentReference
SelfSubjectAccessReviewSpec: resourceAttributes 1 ResourceAttributes, nonResourceAttributes 2 NonResourceAttributes
SubjectAccessReviewStatus: allowed 1 bool!, reason 2 string!, evaluationError 3 string!, denied 4 bool!
SelfSubjectRulesReviewSpec: namespace 1 string!
SubjectRulesReviewStatus: resourceRules 1 []ResourceRule, nonResourceRules 2 []NonResourceRule, incomplete 3 bool!, evaluationError 4 string!
StatusDetails: name 1 string!, group 2 string!, kind 3 string!, causes 4 []StatusCause, retryAfterSeconds 5 int32!, uid 6 string!
Preconditions: uid 1 string, resourceVersion 2 string
LeaseSpec: holderIdentity 1 string, leaseDurationSeconds 2 int32, acquireTime 3 MicroTime, renewTime 4 MicroTime, leaseTransitions 5 int32, strategy 6 string, preferredHolder 7 string
OwnerReference: kind 1 string!, name 3 string!, uid 4 string!, apiVersion 5 string!, controller 6 bool, blockOwnerDeletion 7 bool
ManagedFieldsEntry: manager 1 string!, operation 2 string!, apiVersion 3 string!, time 4 Time, fieldsType 6 string!, fieldsV1 7 FieldsV1, subresource 8 string!
Volume: name 1 string!, ~ 2 VolumeSource!
Container: name 1 string!, image 2 string!, command 3 []string, args 4 []string, workingDir 5 string!, ports 6 []ContainerPort, env 7 []EnvVar, resources 8 ResourceRequirements!, volumeMounts 9 []VolumeMount, livenessProbe 10 Probe, readinessProbe 11 Probe, lifecycle 12 Lifecycle, terminationMessagePath 13 string!, imagePullPolicy 14 string!, securityContext 15 SecurityContext, stdin 16 bool!, stdinOnce 17 bool!, tty 18 bool!, envFrom 19 []EnvFromSource, terminationMessagePolicy 20 string!, startupProbe 22 Probe, restartPolicy 24 string
EphemeralContainer: ~ 1 EphemeralContainerCommon!, targetContainerName 2 string!
PodSecurityContext: runAsUser 2 int64, runAsNonRoot 3 bool, supplementalGroups 4 []int64, fsGroup 5 int64, runAsGroup 6 int64, sysctls 7 []Sysctl, fsGroupChangePolicy 9 string, seccompProfile 10 SeccompProfile, supplementalGroupsPolicy 12 string, seLinuxChangePolicy 13 string
Affinity: nodeAffinity 1 NodeAffinity, podAffinity 2 PodAffinity, podAntiAffinity 3 PodAntiAffinity
Toleration: key 1 string!, operator 2 string!, value 3 string!, effect 4 string!, tolerationSeconds 5 int64
HostAlias: ip 1 string!, hostnames 2 []string
PodDNSConfig: nameservers 1 []string, searches 2 []string, options 3 []PodDNSConfigOption
PodReadinessGate: conditionType 1 string!
TopologySpreadConstraint: maxSkew 1 int32!, topologyKey 2 string!, whenUnsatisfiable 3 string!, labelSelector 4 LabelSelector, minDomains 5 int32, nodeAffinityPolicy 6 string, nodeTaintsPolicy 7 string, matchLabelKeys 8 []string
PodOS: name 1 string!
ResourceRequirements: limits 1 {Quantity}, requests 2 {Quantity}
PodCondition: type 1 string!, status 2 string!, lastProbeTime 3 Time!, lastTransitionTime 4 Time!, reason 5 string!, message 6 string!, observedGeneration 7 int64!
HostIP: ip 1 string!
PodIP: ip 1 string!
ContainerStatus: name 1 string!, state 2 ContainerState!, lastState 3 ContainerState!, ready 4 bool!, restartCount 5 int32!, image 6 string!, imageID 7 string!, containerID 8 string!, started 9 bool, allocatedResources 10 {Quantity}, resources 11 ResourceRequirements, volumeMounts 12 []VolumeMountStatus, stopSignal 15 string
Taint: key 1 string!, value 2 string!, effect 3 string!, timeAdded 4 Time
NodeCondition: type 1 string!, status 2 string!, lastHeartbeatTime 3 Time!, lastTransitionTime 4 Time!, reason 5 string!, message 6 string!
NodeAddress: type 1 string!, address 2 string!
NodeDaemonEndpoints: kubeletEndpoint 1 DaemonEndpoint!
NodeSystemInfo: machineID 1 string!, systemUUID 2 string!, bootID 3 string!, kernelVersion 4 string!, osImage 5 string!, containerRuntimeVersion 6 string!, kubeletVersion 7 string!, kubeProxyVersion 8 string!, operatingSystem 9 string!, architecture 10 string!
ContainerImage: names 1 []string, sizeBytes 2 int64!
AttachedVolume: name 1 string!, devicePath 2 string!
ServicePort: name 1 string!, protocol 2 string!, port 3 int32!, targetPort 4 IntOrString!, nodePort 5 int32!, appProtocol 6 string
SessionAffinityConfig: clientIP 1 ClientIPConfig
LoadBalancerStatus: ingress 1 []LoadBalancerIngress
Condition: type 1 string!, status 2 string!, observedGeneration 3 int64!, lastTransitionTime 4 Time!, reason 5 string!, message 6 string!
NamespaceCondition: type 1 string!, status 2 string!, lastTransitionTime 4 Time!, reason 5 string!, message 6 string!
EndpointAddress: ip 1 string!, targetRef 2 ObjectReference, hostname 3 string!, nodeName 4 string
v1_EndpointPort: name 1 string!, port 2 int32!, protocol 3 string!, appProtocol 4 string
EndpointConditions: ready 1 bool, serving 2 bool, terminating 3 bool
EndpointHints: forZones 1 []ForZone, forNodes 2 []ForNode
LabelSelector: matchLabels 1 {string}, matchExpressions 2 []LabelSelectorRequirement
PodTemplateSpec: metadata 1 ObjectMeta!, spec 2 PodSpec!
DaemonSetUpdateStrategy: type 1 string!, rollingUpdate 2 RollingUpdateDaemonSet
DaemonSetCondition: type 1 string!, status 2 string!, lastTransitionTime 3 Time!, reason 4 string!, message 5 string!
DeploymentStrategy: type 1 string!, rollingUpdate 2 RollingUpdateDeployment
DeploymentCondition: type 1 string!, status 2 string!, reason 4 string!, message 5 string!, lastUpdateTime 6 Time!, lastTransitionTime 7 Time!
NetworkPolicyIngressRule: ports 1 []NetworkPolicyPort, from 2 []NetworkPolicyPeer
NetworkPolicyEgressRule: ports 1 []NetworkPolicyPort, to 2 []NetworkPolicyPeer
ParentReference: group 1 string!, resource 2 string!, namespace 3 string!, name 4 string!
ResourceAttributes: namespace 1 string!, verb 2 string!, group 3 string!, version 4 string!, resource 5 string!, subresource 6 string!, name 7 string!, fieldSelector 8 FieldSelectorAttributes, labelSelector 9 LabelSelectorAttributes
NonResourceAttributes: path 1 string!, verb 2 string!
ResourceRule: verbs 1 []string, apiGroups 2 []string, resources 3 []string, resourceNames 4 []string
NonResourceRule: verbs 1 []string, nonResourceURLs 2 []string
StatusCause: reason 1 string!, message 2 string!, field 3 string!
VolumeSource: hostPath 1 HostPathVolumeSource, emptyDir 2 EmptyDirVolumeSource, secret 6 SecretVolumeSource, nfs 7 NFSVolumeSource, persistentVolumeClaim 10 PersistentVolumeClaimVolumeSource, downwardAPI 16 DownwardAPIVolumeSource, configMap 19 ConfigMapVolumeSource, projected 26 ProjectedVolumeSource, csi 28 CSIVolumeSource
ContainerPort: name 1 string!, hostPort 2 int32!, containerPort 3 int32!, protocol 4 string!, hostIP 5 string!
EnvFromSource: prefix 1 string!, configMapRef 2 ConfigMapEnvSource, secretRef 3 SecretEnvSource
EnvVar: name 1 string!, value 2 string!, valueFrom 3 EnvVarSource
VolumeMount: name 1 string!, readOnly 2 bool!, mountPath 3 string!, subPath 4 string!, mountPropagation 5 string, subPathExpr 6 string!, recursiveReadOnly 7 string
Probe: ~ 1 ProbeHandler!, initialDelaySeconds 2 int32!, timeoutSeconds 3 int32!, periodSeconds 4 int32!, successThreshold 5 int32!, failureThreshold 6 int32!, terminationGracePeriodSeconds 7 int64
Lifecycle: postStart 1 LifecycleHandler, preStop 2 LifecycleHandler, stopSignal 3 string
SecurityContext: capabilities 1 Capabilities, privileged 2 bool, runAsUser 4 int64, runAsNonRoot 5 bool, readOnlyRootFilesystem 6 bool, allowPrivilegeEscalation 7 bool, runAsGroup 8 int64, procMount 9 string, seccompProfile 11 SeccompProfile
EphemeralContainerCommon: name 1 string!, image 2 string!, command 3 []string, args 4 []string, workingDir 5 string!, ports 6 []ContainerPort, env 7 []EnvVar, resources 8 ResourceRequirements!, volumeMounts 9 []VolumeMount, livenessProbe 10 Probe, readinessProbe 11 Probe, lifecycle 12 Lifecycle, terminationMessagePath 13 string!, imagePullPolicy 14 string!, securityContext 15 SecurityContext, stdin 16 bool!, stdinOnce 17 bool!, tty 18 bool!, envFrom 19 []EnvFromSource, terminationMessagePolicy 20 string!, startupProbe 22 Probe, restartPolicy 24 string
Sysctl: name 1 string!, value 2 string!
SeccompProfile: type 1 string!, localhostProfile 2 string
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution 1 NodeSelector, preferredDuringSchedulingIgnoredDuringExecution 2 []PreferredSchedulingTerm
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution 1 []PodAffinityTerm, preferredDuringSchedulingIgnoredDuringExecution 2 []WeightedPodAffinityTerm
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution 1 []PodAffinityTerm, preferredDuringSchedulingIgnoredDuringExecution 2 []WeightedPodAffinityTerm
PodDNSConfigOption: name 1 string!, value 2 string
ContainerState: waiting 1 ContainerStateWaiting, running 2 ContainerStateRunning, terminated 3 ContainerStateTerminated
VolumeMountStatus: name 1 string!, mountPath 2 string!, readOnly 3 bool!, recursiveReadOnly 4 string
DaemonEndpoint: Port 1 int32!
ClientIPConfig: timeoutSeconds 1 int32
LoadBalancerIngress: ip 1 string!, hostname 2 string!, ipMode 3 string, ports 4 []PortStatus
ForZone: name 1 string!
ForNode: name 1 string!
LabelSelectorRequirement: key 1 string!, operator 2 string!, values 3 []string
RollingUpdateDaemonSet: maxUnavailable 1 IntOrString, maxSurge 2 IntOrString
RollingUpdateDeployment: maxUnavailable 1 IntOrString, maxSurge 2 IntOrString
NetworkPolicyPort: protocol 1 string, port 2 IntOrString, endPort 3 int32
NetworkPolicyPeer: podSelector 1 LabelSelector, namespaceSelector 2 LabelSelector, ipBlock 3 IPBlock
FieldSelectorAttributes: rawSelector 1 string!, requirements 2 []FieldSelectorRequirement
LabelSelectorAttributes: rawSelector 1 string!, requirements 2 []LabelSelectorRequirement
HostPathVolumeSource: path 1 string!, type 2 string
EmptyDirVolumeSource: medium 1 string!, sizeLimit 2 Quantity
SecretVolumeSource: secretName 1 string!, items 2 []KeyToPath, defaultMode 3 int32, optional 4 bool
NFSVolumeSource: server 1 string!, path 2 string!, readOnly 3 bool!
PersistentVolumeClaimVolumeSource: claimName 1 string!, readOnly 2 bool!
DownwardAPIVolumeSource: items 1 []DownwardAPIVolumeFile, defaultMode 2 int32
ConfigMapVolumeSource: ~ 1 LocalObjectReference!, items 2 []KeyToPath, defaultMode 3 int32, optional 4 bool
ProjectedVolumeSource: sources 1 []VolumeProjection, defaultMode 2 int32
CSIVolumeSource: driver 1 string!, readOnly 2 bool, fsType 3 string, volumeAttributes 4 {string}, nodePublishSecretRef 5 LocalObjectReference
ConfigMapEnvSource: ~ 1 LocalObjectReference!, optional 2 bool
SecretEnvSource: ~ 1 LocalObjectReference!, optional 2 bool
EnvVarSource: fieldRef 1 ObjectFieldSelector, resourceFieldRef 2 ResourceFieldSelector, configMapKeyRef 3 ConfigMapKeySelector, secretKeyRef 4 SecretKeySelector
ProbeHandler: exec 1 ExecAction, httpGet 2 HTTPGetAction, tcpSocket 3 TCPSocketAction
LifecycleHandler: exec 1 ExecAction, httpGet 2 HTTPGetAction, tcpSocket 3 TCPSocketAction
Capabilities: add 1 []string, drop 2 []string
NodeSelector: nodeSelectorTerms 1 []NodeSelectorTerm
PreferredSchedulingTerm: weight 1 int32!, preference 2 NodeSelectorTerm!
PodAffinityTerm: labelSelector 1 LabelSelector, namespaces 2 []string, topologyKey 3 string!, namespaceSelector 4 LabelSelector, matchLabelKeys 5 []string, mismatchLabelKeys 6 []string
WeightedPodAffinityTerm: weight 1 int32!, podAffinityTerm 2 PodAffinityTerm!
ContainerStateWaiting: reason 1 string!, message 2 string!
ContainerStateRunning: startedAt 1 Time!
ContainerStateTerminated: exitCode 1 int32!, signal 2 int32!, reason 3 string!, message 4 string!, startedAt 5 Time!, finishedAt 6 Time!, containerID 7 string!
PortStatus: port 1 int32!, protocol 2 string!, error 3 string
IPBlock: cidr 1 string!, except 2 []string
FieldSelectorRequirement: key 1 string!, operator 2 string!, values 3 []string
KeyToPath: key 1 string!, path 2 string!, mode 3 int32
DownwardAPIVolumeFile: path 1 string!, fieldRef 2 ObjectFieldSelector, resourceFieldRef 3 ResourceFieldSelector, mode 4 int32
VolumeProjection: secret 1 SecretProjection, downwardAPI 2 DownwardAPIProjection, configMap 3 ConfigMapProjection, serviceAccountToken 4 ServiceAccountTokenProjection
ObjectFieldSelector: apiVersion 1 string!, fieldPath 2 string!
ResourceFieldSelector: containerName 1 string!, resource 2 string!, divisor 3 Quantity!
ConfigMapKeySelector: ~ 1 LocalObjectReference!, key 2 string!, optional 3 bool
SecretKeySelector: ~ 1 LocalObjectReference!, key 2 string!, optional 3 bool
ExecAction: command 1 []string
HTTPGetAction: path 1 string!, port 2 IntOrString!, host 3 string!, scheme 4 string!, httpHeaders 5 []HTTPHeader
TCPSocketAction: port 1 IntOrString!, host 2 string!
NodeSelectorTerm: matchExpressions 1 []NodeSelectorRequirement, matchFields 2 []NodeSelectorRequirement
SecretProjection: ~ 1 LocalObjectReference!, items 2 []KeyToPath, optional 4 bool
DownwardAPIProjection: items 1 []DownwardAPIVolumeFile
ConfigMapProjection: ~ 1 LocalObjectReference!, items 2 []KeyToPath, optional 4 bool
ServiceAccountTokenProjection: audience 1 string!, expirationSeconds 2 int64, path 3 string!
HTTPHeader: name 1 string!, value 2 string!
NodeSelectorRequirement: key 1 string!, operator 2 string!, values 3 []string
`;

export type Shape = 'one' | 'repeated' | 'map';

export interface Field {
  /** The name in JSON; undefined where the message stands inline. */
  readonly name: string | undefined;
  readonly number: number;
  readonly shape: Shape;
  /** A message of this file, or one of the scalar and special types of `encode.ts`. */
  readonly type: string;
  /** Written even when zero. */
  readonly always: boolean;
}

export interface Message {
  readonly name: string;
  /** In ascending order of their numbers, as the server writes them. */
  readonly fields: readonly Field[];
}

function parseField(text: string): Field {
  const [name = '', number = '', type = ''] = text.split(' ');
  const always = type.endsWith('!');
  const bare = always ? type.slice(0, -1) : type;
  const shape = bare.startsWith('[]') ? 'repeated' : bare.startsWith('{') ? 'map' : 'one';
  return {
    name: name === '~' ? undefined : name,
    number: Number(number),
    shape,
    type: shape === 'repeated' ? bare.slice(2) : shape === 'map' ? bare.slice(1, -1) : bare,
    always,
  };
}

/** Every message by its name. */
export const messages: ReadonlyMap<string, Message> = new Map(
  MESSAGES.trim()
    .split('\n')
    .map((line) => {
      const [name = '', fields = ''] = line.split(': ');
      return [name, { name, fields: fields.split(', ').map(parseField) }];
    }),
);

/** The message of a kind in a group, or undefined where the kind has no protobuf here; events.k8s.io has other fields than core. */
export function messageOf(group: string, kind: string): Message | undefined {
  const groups = GROUPS.get(kind);
  return groups?.includes(group) === true ? messages.get(kind) : undefined;
}

const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ...[
    'Pod',
    'Node',
    'Service',
    'Namespace',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'Event',
    'Endpoints',
    'Status',
  ].map((kind): [string, string[]] => [kind, ['']]),
  ['DaemonSet', ['apps']],
  ['Deployment', ['apps']],
  ['EndpointSlice', ['discovery.k8s.io']],
  ['NetworkPolicy', ['networking.k8s.io']],
  ['ServiceCIDR', ['networking.k8s.io']],
  ['IPAddress', ['networking.k8s.io']],
  ['Lease', ['coordination.k8s.io']],
  ['SelfSubjectAccessReview', ['authorization.k8s.io']],
  ['SelfSubjectRulesReview', ['authorization.k8s.io']],
  // Options travel in the version of whatever they are options for.
  ['DeleteOptions', ['', 'meta.k8s.io', 'apps', 'discovery.k8s.io', 'networking.k8s.io']],
]);
