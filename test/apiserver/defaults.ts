/** What the API server fills into new objects (https://kubernetes.io/docs/reference/kubernetes-api/), as far as clients look at it. */
import { isObject, listAt, type Json, type JsonObject, type KubeObject } from './json.js';

export function withDefaults(object: KubeObject): KubeObject {
  switch (object.kind) {
    case 'Pod': {
      const spec: JsonObject = { serviceAccountName: 'default', serviceAccount: 'default', ...podSpec(object['spec']) };
      return { ...generation(object), spec, status: { phase: 'Pending', qosClass: 'BestEffort' } };
    }
    case 'Namespace': {
      const { metadata } = object;
      const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
      return {
        ...object,
        metadata: { ...metadata, labels },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      };
    }
    case 'DaemonSet':
      return {
        ...generation(object),
        spec: {
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
          revisionHistoryLimit: 10,
          ...withTemplate(object['spec']),
        },
        status: {
          currentNumberScheduled: 0,
          numberMisscheduled: 0,
          desiredNumberScheduled: 0,
          numberReady: 0,
        },
      };
    case 'Deployment':
      return {
        ...generation(object),
        spec: {
          replicas: 1,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          ...withTemplate(object['spec']),
        },
        status: {},
      };
    default:
      return object;
  }
}

function generation(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, generation: 1 } };
}

function withTemplate(spec: Json | undefined): JsonObject {
  if (!isObject(spec)) return {};
  const template = isObject(spec['template']) ? spec['template'] : {};
  return { ...spec, template: { ...template, spec: podSpec(template['spec']) } };
}

function podSpec(spec: Json | undefined): JsonObject {
  const given = isObject(spec) ? spec : {};
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
    ...given,
    containers: listAt(given, 'containers').map((container) => ({
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
      ...(isObject(container) ? container : {}),
      ...(listAt(container, 'ports').length === 0
        ? {}
        : {
            ports: listAt(container, 'ports').map((port) => ({
              protocol: 'TCP',
              ...(isObject(port) ? port : {}),
            })),
          }),
    })),
  };
}
