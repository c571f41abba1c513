// Generated from reduced.proto by scripts/generate-protobuf.mjs. Do not edit.
import * as $protobuf from "protobufjs";
export namespace reduced {
    interface IUnknown {
        typeMeta?: (reduced.ITypeMeta|null);
        raw?: (Uint8Array|null);
        contentEncoding?: (string|null);
    }
    class Unknown implements IUnknown {
        constructor(properties?: reduced.IUnknown);
        public typeMeta?: (reduced.ITypeMeta|null);
        public raw: Uint8Array;
        public contentEncoding: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Unknown;
    }
    interface ITypeMeta {
        apiVersion?: (string|null);
        kind?: (string|null);
    }
    class TypeMeta implements ITypeMeta {
        constructor(properties?: reduced.ITypeMeta);
        public apiVersion: string;
        public kind: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.TypeMeta;
    }
    interface IListMeta {
        resourceVersion?: (string|null);
        "continue"?: (string|null);
    }
    class ListMeta implements IListMeta {
        constructor(properties?: reduced.IListMeta);
        public resourceVersion: string;
        public continue: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ListMeta;
    }
    interface IStatus {
        message?: (string|null);
        reason?: (string|null);
        details?: (reduced.IStatusDetails|null);
        code?: (number|null);
    }
    class Status implements IStatus {
        constructor(properties?: reduced.IStatus);
        public message: string;
        public reason: string;
        public details?: (reduced.IStatusDetails|null);
        public code: number;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Status;
    }
    interface IStatusDetails {
        retryAfterSeconds?: (number|null);
    }
    class StatusDetails implements IStatusDetails {
        constructor(properties?: reduced.IStatusDetails);
        public retryAfterSeconds: number;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.StatusDetails;
    }
    interface IWatchEvent {
        type?: (string|null);
        object?: (reduced.IRawExtension|null);
    }
    class WatchEvent implements IWatchEvent {
        constructor(properties?: reduced.IWatchEvent);
        public type: string;
        public object?: (reduced.IRawExtension|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.WatchEvent;
    }
    interface IRawExtension {
        raw?: (Uint8Array|null);
    }
    class RawExtension implements IRawExtension {
        constructor(properties?: reduced.IRawExtension);
        public raw: Uint8Array;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.RawExtension;
    }
    interface ITime {
        seconds?: (number|null);
    }
    class Time implements ITime {
        constructor(properties?: reduced.ITime);
        public seconds: number;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Time;
    }
    interface IObjectMeta {
        name?: (string|null);
        namespace?: (string|null);
        uid?: (string|null);
        resourceVersion?: (string|null);
        creationTimestamp?: (reduced.ITime|null);
        deletionTimestamp?: (reduced.ITime|null);
        labels?: ({ [k: string]: string }|null);
        annotations?: ({ [k: string]: string }|null);
    }
    class ObjectMeta implements IObjectMeta {
        constructor(properties?: reduced.IObjectMeta);
        public name: string;
        public namespace: string;
        public uid: string;
        public resourceVersion: string;
        public creationTimestamp?: (reduced.ITime|null);
        public deletionTimestamp?: (reduced.ITime|null);
        public labels: { [k: string]: string };
        public annotations: { [k: string]: string };
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ObjectMeta;
    }
    interface ISystemPod {
        metadata?: (reduced.ISystemPodMeta|null);
        spec?: (reduced.ISystemPodSpec|null);
        status?: (reduced.ISystemPodStatus|null);
    }
    class SystemPod implements ISystemPod {
        constructor(properties?: reduced.ISystemPod);
        public metadata?: (reduced.ISystemPodMeta|null);
        public spec?: (reduced.ISystemPodSpec|null);
        public status?: (reduced.ISystemPodStatus|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.SystemPod;
    }
    interface ISystemPodMeta {
        name?: (string|null);
        namespace?: (string|null);
        resourceVersion?: (string|null);
        labels?: ({ [k: string]: string }|null);
        ownerReferences?: (reduced.IOwnerReference[]|null);
    }
    class SystemPodMeta implements ISystemPodMeta {
        constructor(properties?: reduced.ISystemPodMeta);
        public name: string;
        public namespace: string;
        public resourceVersion: string;
        public labels: { [k: string]: string };
        public ownerReferences: reduced.IOwnerReference[];
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.SystemPodMeta;
    }
    interface IOwnerReference {
        kind?: (string|null);
        name?: (string|null);
        controller?: (boolean|null);
    }
    class OwnerReference implements IOwnerReference {
        constructor(properties?: reduced.IOwnerReference);
        public kind: string;
        public name: string;
        public controller: boolean;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.OwnerReference;
    }
    interface ISystemPodSpec {
        containers?: (reduced.IContainer[]|null);
        nodeName?: (string|null);
    }
    class SystemPodSpec implements ISystemPodSpec {
        constructor(properties?: reduced.ISystemPodSpec);
        public containers: reduced.IContainer[];
        public nodeName: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.SystemPodSpec;
    }
    interface IContainer {
        name?: (string|null);
        image?: (string|null);
        command?: (string[]|null);
        args?: (string[]|null);
        env?: (reduced.IEnvVar[]|null);
    }
    class Container implements IContainer {
        constructor(properties?: reduced.IContainer);
        public name: string;
        public image: string;
        public command: string[];
        public args: string[];
        public env: reduced.IEnvVar[];
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Container;
    }
    interface IEnvVar {
        name?: (string|null);
        value?: (string|null);
    }
    class EnvVar implements IEnvVar {
        constructor(properties?: reduced.IEnvVar);
        public name: string;
        public value: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.EnvVar;
    }
    interface ISystemPodStatus {
        phase?: (string|null);
        conditions?: (reduced.ICondition[]|null);
        containerStatuses?: (reduced.IContainerStatus[]|null);
        initContainerStatuses?: (reduced.IContainerStatus[]|null);
    }
    class SystemPodStatus implements ISystemPodStatus {
        constructor(properties?: reduced.ISystemPodStatus);
        public phase: string;
        public conditions: reduced.ICondition[];
        public containerStatuses: reduced.IContainerStatus[];
        public initContainerStatuses: reduced.IContainerStatus[];
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.SystemPodStatus;
    }
    interface IContainerStatus {
        state?: (reduced.IContainerState|null);
    }
    class ContainerStatus implements IContainerStatus {
        constructor(properties?: reduced.IContainerStatus);
        public state?: (reduced.IContainerState|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ContainerStatus;
    }
    interface IContainerState {
        waiting?: (reduced.IContainerStateWaiting|null);
    }
    class ContainerState implements IContainerState {
        constructor(properties?: reduced.IContainerState);
        public waiting?: (reduced.IContainerStateWaiting|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ContainerState;
    }
    interface IContainerStateWaiting {
        reason?: (string|null);
    }
    class ContainerStateWaiting implements IContainerStateWaiting {
        constructor(properties?: reduced.IContainerStateWaiting);
        public reason: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ContainerStateWaiting;
    }
    interface ICondition {
        type?: (string|null);
        status?: (string|null);
    }
    class Condition implements ICondition {
        constructor(properties?: reduced.ICondition);
        public type: string;
        public status: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Condition;
    }
    interface INode {
        metadata?: (reduced.IObjectMeta|null);
        spec?: (reduced.INodeSpec|null);
        status?: (reduced.INodeStatus|null);
    }
    class Node implements INode {
        constructor(properties?: reduced.INode);
        public metadata?: (reduced.IObjectMeta|null);
        public spec?: (reduced.INodeSpec|null);
        public status?: (reduced.INodeStatus|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Node;
    }
    interface INodeSpec {
        podCIDR?: (string|null);
        providerID?: (string|null);
        unschedulable?: (boolean|null);
        taints?: (reduced.ITaint[]|null);
        podCIDRs?: (string[]|null);
    }
    class NodeSpec implements INodeSpec {
        constructor(properties?: reduced.INodeSpec);
        public podCIDR: string;
        public providerID: string;
        public unschedulable: boolean;
        public taints: reduced.ITaint[];
        public podCIDRs: string[];
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.NodeSpec;
    }
    interface ITaint {
        key?: (string|null);
        value?: (string|null);
        effect?: (string|null);
    }
    class Taint implements ITaint {
        constructor(properties?: reduced.ITaint);
        public key: string;
        public value: string;
        public effect: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Taint;
    }
    interface INodeStatus {
        allocatable?: ({ [k: string]: reduced.IQuantity }|null);
        conditions?: (reduced.INodeCondition[]|null);
        addresses?: (reduced.INodeAddress[]|null);
        nodeInfo?: (reduced.INodeSystemInfo|null);
    }
    class NodeStatus implements INodeStatus {
        constructor(properties?: reduced.INodeStatus);
        public allocatable: { [k: string]: reduced.IQuantity };
        public conditions: reduced.INodeCondition[];
        public addresses: reduced.INodeAddress[];
        public nodeInfo?: (reduced.INodeSystemInfo|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.NodeStatus;
    }
    interface IQuantity {
        string?: (string|null);
    }
    class Quantity implements IQuantity {
        constructor(properties?: reduced.IQuantity);
        public string: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Quantity;
    }
    interface INodeCondition {
        type?: (string|null);
        status?: (string|null);
        lastTransitionTime?: (reduced.ITime|null);
        reason?: (string|null);
        message?: (string|null);
    }
    class NodeCondition implements INodeCondition {
        constructor(properties?: reduced.INodeCondition);
        public type: string;
        public status: string;
        public lastTransitionTime?: (reduced.ITime|null);
        public reason: string;
        public message: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.NodeCondition;
    }
    interface INodeAddress {
        type?: (string|null);
        address?: (string|null);
    }
    class NodeAddress implements INodeAddress {
        constructor(properties?: reduced.INodeAddress);
        public type: string;
        public address: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.NodeAddress;
    }
    interface INodeSystemInfo {
        osImage?: (string|null);
        containerRuntimeVersion?: (string|null);
        kubeletVersion?: (string|null);
        operatingSystem?: (string|null);
    }
    class NodeSystemInfo implements INodeSystemInfo {
        constructor(properties?: reduced.INodeSystemInfo);
        public osImage: string;
        public containerRuntimeVersion: string;
        public kubeletVersion: string;
        public operatingSystem: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.NodeSystemInfo;
    }
    interface IService {
        metadata?: (reduced.IObjectMeta|null);
        spec?: (reduced.IServiceSpec|null);
        status?: (reduced.IServiceStatus|null);
    }
    class Service implements IService {
        constructor(properties?: reduced.IService);
        public metadata?: (reduced.IObjectMeta|null);
        public spec?: (reduced.IServiceSpec|null);
        public status?: (reduced.IServiceStatus|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Service;
    }
    interface IServiceSpec {
        ports?: (reduced.IServicePort[]|null);
        selector?: ({ [k: string]: string }|null);
        clusterIP?: (string|null);
        type?: (string|null);
        externalIPs?: (string[]|null);
        clusterIPs?: (string[]|null);
    }
    class ServiceSpec implements IServiceSpec {
        constructor(properties?: reduced.IServiceSpec);
        public ports: reduced.IServicePort[];
        public selector: { [k: string]: string };
        public clusterIP: string;
        public type: string;
        public externalIPs: string[];
        public clusterIPs: string[];
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ServiceSpec;
    }
    interface IServicePort {
        name?: (string|null);
        protocol?: (string|null);
        port?: (number|null);
        targetPort?: (reduced.IIntOrString|null);
    }
    class ServicePort implements IServicePort {
        constructor(properties?: reduced.IServicePort);
        public name: string;
        public protocol: string;
        public port: number;
        public targetPort?: (reduced.IIntOrString|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ServicePort;
    }
    interface IIntOrString {
        type?: (number|null);
        intVal?: (number|null);
        strVal?: (string|null);
    }
    class IntOrString implements IIntOrString {
        constructor(properties?: reduced.IIntOrString);
        public type: number;
        public intVal: number;
        public strVal: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.IntOrString;
    }
    interface IServiceStatus {
        loadBalancer?: (reduced.ILoadBalancerStatus|null);
    }
    class ServiceStatus implements IServiceStatus {
        constructor(properties?: reduced.IServiceStatus);
        public loadBalancer?: (reduced.ILoadBalancerStatus|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.ServiceStatus;
    }
    interface ILoadBalancerStatus {
        ingress?: (reduced.ILoadBalancerIngress[]|null);
    }
    class LoadBalancerStatus implements ILoadBalancerStatus {
        constructor(properties?: reduced.ILoadBalancerStatus);
        public ingress: reduced.ILoadBalancerIngress[];
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.LoadBalancerStatus;
    }
    interface ILoadBalancerIngress {
        ip?: (string|null);
        hostname?: (string|null);
    }
    class LoadBalancerIngress implements ILoadBalancerIngress {
        constructor(properties?: reduced.ILoadBalancerIngress);
        public ip: string;
        public hostname: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.LoadBalancerIngress;
    }
    interface IEndpointSlice {
        metadata?: (reduced.IEndpointSliceMeta|null);
        endpoints?: (reduced.IEndpoint[]|null);
        ports?: (reduced.IEndpointPort[]|null);
        addressType?: (string|null);
    }
    class EndpointSlice implements IEndpointSlice {
        constructor(properties?: reduced.IEndpointSlice);
        public metadata?: (reduced.IEndpointSliceMeta|null);
        public endpoints: reduced.IEndpoint[];
        public ports: reduced.IEndpointPort[];
        public addressType: string;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.EndpointSlice;
    }
    interface IEndpointSliceMeta {
        name?: (string|null);
        namespace?: (string|null);
        resourceVersion?: (string|null);
        labels?: ({ [k: string]: string }|null);
    }
    class EndpointSliceMeta implements IEndpointSliceMeta {
        constructor(properties?: reduced.IEndpointSliceMeta);
        public name: string;
        public namespace: string;
        public resourceVersion: string;
        public labels: { [k: string]: string };
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.EndpointSliceMeta;
    }
    interface IEndpoint {
        addresses?: (string[]|null);
        conditions?: (reduced.IEndpointConditions|null);
    }
    class Endpoint implements IEndpoint {
        constructor(properties?: reduced.IEndpoint);
        public addresses: string[];
        public conditions?: (reduced.IEndpointConditions|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Endpoint;
    }
    interface IEndpointConditions {
        ready?: (boolean|null);
        terminating?: (boolean|null);
    }
    class EndpointConditions implements IEndpointConditions {
        constructor(properties?: reduced.IEndpointConditions);
        public ready: boolean;
        public terminating: boolean;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.EndpointConditions;
    }
    interface IEndpointPort {
        name?: (string|null);
        protocol?: (string|null);
        port?: (number|null);
    }
    class EndpointPort implements IEndpointPort {
        constructor(properties?: reduced.IEndpointPort);
        public name: string;
        public protocol: string;
        public port: number;
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.EndpointPort;
    }
    interface INamespace {
        metadata?: (reduced.IObjectMeta|null);
    }
    class Namespace implements INamespace {
        constructor(properties?: reduced.INamespace);
        public metadata?: (reduced.IObjectMeta|null);
        public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): reduced.Namespace;
    }
}
