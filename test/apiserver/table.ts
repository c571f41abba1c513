/**
 * Table answers: the columns and cells that `kubectl get` shows, as the real server's printers make them
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables; the columns were read off a
 * v1.34.4 server).
 */
import {
  at,
  isArray,
  isObject,
  listAt,
  numberAt,
  textAt,
  type Json,
  type JsonObject,
  type KubeObject,
} from './json.js';
import type { Resource } from './resources.js';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: number;
}

type Cells = (object: KubeObject, now: Date) => readonly Json[];

interface Printer {
  /** `Name`, `Desired:integer`, `IP:string:1`. The first column has the format `name` unless the printer says otherwise. */
  readonly columns: readonly string[];
  readonly cells: Cells;
}

/** `5m46s`, `3d4h`: apimachinery's HumanDuration. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  if (days < 2920) return days % 365 === 0 ? `${years}y` : `${years}y${days % 365}d`;
  return `${years}y`;
}

function since(time: Json | undefined, now: Date): string {
  return typeof time === 'string' ? humanDuration(now.getTime() - Date.parse(time)) : '<unknown>';
}

const age: Cells = (object, now) => [since(object.metadata.creationTimestamp, now)];
const name = (object: KubeObject): string => object.metadata.name;

function some(values: readonly string[], empty = '<none>'): string {
  return values.length === 0 ? empty : values.join(',');
}

function texts(list: readonly Json[], ...path: readonly string[]): string[] {
  return list
    .map((item) => (path.length === 0 ? item : at(item, ...path)))
    .filter((text): text is string => typeof text === 'string');
}

/** `app=web,tier notin (a)`: a label selector as text. */
function selectorText(selector: Json | undefined, empty: string): string {
  const labels = at(selector, 'matchLabels') ?? (at(selector, 'matchExpressions') === undefined ? selector : undefined);
  const parts = isObject(labels)
    ? Object.entries(labels)
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
        .map(([key, value]) => `${key}=${value}`)
    : [];
  for (const expression of listAt(selector, 'matchExpressions')) {
    const key = textAt(expression, 'key') ?? '';
    const operator = textAt(expression, 'operator') ?? '';
    const values = texts(listAt(expression, 'values')).join(',');
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values})`);
  }
  return some(parts.sort(), empty);
}

function templateCells(object: KubeObject): readonly Json[] {
  const containers = listAt(object, 'spec', 'template', 'spec', 'containers');
  return [some(texts(containers, 'name')), some(texts(containers, 'image'))];
}

const WORKLOAD = ['Containers:string:1', 'Images:string:1'];
const SELECTOR = 'Selector:string:1';

function ports(list: readonly Json[]): string {
  return some(
    list.map((port) => {
      const node = numberAt(port, 'nodePort');
      return `${numberAt(port, 'port') ?? 0}${node === undefined || node === 0 ? '' : `:${node}`}/${textAt(port, 'protocol') ?? 'TCP'}`;
    }),
  );
}

function nodeCells(node: KubeObject, now: Date): readonly Json[] {
  const ready = listAt(node, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
  const words = [ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'];
  if (at(node, 'spec', 'unschedulable') === true) words.push('SchedulingDisabled');
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter((label) => label.startsWith('node-role.kubernetes.io/'))
    .map((label) => label.slice('node-role.kubernetes.io/'.length))
    .sort();
  const address = (type: string): string =>
    textAt(
      listAt(node, 'status', 'addresses').find((entry) => textAt(entry, 'type') === type),
      'address',
    ) ?? '<none>';
  const info = at(node, 'status', 'nodeInfo');
  return [
    name(node),
    words.join(','),
    some(roles),
    ...age(node, now),
    textAt(info, 'kubeletVersion') ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    textAt(info, 'osImage') ?? '<unknown>',
    textAt(info, 'kernelVersion') ?? '<unknown>',
    textAt(info, 'containerRuntimeVersion') ?? '<unknown>',
  ];
}

/** The word in the column STATUS: phase, or why a container is not running, as printers.printPod finds it. */
export function podStatusWord(pod: KubeObject): string {
  let word = textAt(pod, 'status', 'reason') ?? textAt(pod, 'status', 'phase') ?? '';
  const initStatuses = listAt(pod, 'status', 'initContainerStatuses');
  let initializing = false;
  for (const [index, status] of initStatuses.entries()) {
    const terminated = at(status, 'state', 'terminated');
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (terminated !== undefined && numberAt(terminated, 'exitCode') === 0) continue;
    initializing = true;
    if (terminated !== undefined) {
      word = `Init:${textAt(terminated, 'reason') ?? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}`}`;
    } else if (waiting !== undefined && waiting !== 'PodInitializing') {
      word = `Init:${waiting}`;
    } else {
      word = `Init:${index}/${listAt(pod, 'spec', 'initContainers').length}`;
    }
    break;
  }
  if (!initializing) {
    let running = false;
    for (const status of [...listAt(pod, 'status', 'containerStatuses')].reverse()) {
      const waiting = textAt(status, 'state', 'waiting', 'reason');
      const terminated = at(status, 'state', 'terminated');
      if (waiting !== undefined) word = waiting;
      else if (terminated !== undefined) {
        const signal = numberAt(terminated, 'signal') ?? 0;
        word =
          textAt(terminated, 'reason') ??
          (signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`);
      } else if (at(status, 'ready') === true && at(status, 'state', 'running') !== undefined) running = true;
    }
    if (word === 'Completed' && running) word = 'Running';
  }
  if (pod.metadata['deletionTimestamp'] !== undefined) {
    word = textAt(pod, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  return word;
}

function podCells(pod: KubeObject, now: Date): readonly Json[] {
  const statuses = listAt(pod, 'status', 'containerStatuses');
  const ready = statuses.filter(
    (status) => at(status, 'ready') === true && at(status, 'state', 'running') !== undefined,
  ).length;
  const restarts = statuses.reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
  const ended = texts(statuses, 'lastState', 'terminated', 'finishedAt').sort().at(-1);
  const gates = listAt(pod, 'spec', 'readinessGates').length;
  return [
    name(pod),
    `${ready}/${listAt(pod, 'spec', 'containers').length}`,
    podStatusWord(pod),
    restarts > 0 && ended !== undefined ? `${restarts} (${since(ended, now)} ago)` : String(restarts),
    ...age(pod, now),
    textAt(listAt(pod, 'status', 'podIPs')[0], 'ip') ?? textAt(pod, 'status', 'podIP') ?? '<none>',
    textAt(pod, 'spec', 'nodeName') ?? '<none>',
    textAt(pod, 'status', 'nominatedNodeName') ?? '<none>',
    gates === 0 ? '<none>' : `0/${gates}`,
  ];
}

function endpointSliceCells(slice: KubeObject, now: Date): readonly Json[] {
  const addresses = listAt(slice, 'endpoints').flatMap((endpoint) => texts(listAt(endpoint, 'addresses')));
  const shown = addresses.slice(0, 3).join(',');
  const numbers = listAt(slice, 'ports').map((port) => String(numberAt(port, 'port') ?? ''));
  return [
    name(slice),
    textAt(slice, 'addressType') ?? '',
    some(numbers, '<unset>'),
    addresses.length === 0 ? '<unset>' : addresses.length > 3 ? `${shown} + ${addresses.length - 3} more...` : shown,
    ...age(slice, now),
  ];
}

function serviceCells(service: KubeObject, now: Date): readonly Json[] {
  const type = textAt(service, 'spec', 'type') ?? 'ClusterIP';
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (entry) => textAt(entry, 'ip') ?? textAt(entry, 'hostname') ?? '',
  );
  const external = [...texts(listAt(service, 'spec', 'externalIPs')), ...ingress];
  const none = type === 'LoadBalancer' ? '<pending>' : '<none>';
  return [
    name(service),
    type,
    textAt(service, 'spec', 'clusterIP') ?? '<none>',
    type === 'ExternalName' ? (textAt(service, 'spec', 'externalName') ?? '') : some(external, none),
    ports(listAt(service, 'spec', 'ports')),
    ...age(service, now),
    selectorText(at(service, 'spec', 'selector'), '<none>'),
  ];
}

function eventCells(event: KubeObject, now: Date): readonly Json[] {
  const object = at(event, 'involvedObject');
  const source = [textAt(event, 'source', 'component'), textAt(event, 'source', 'host')].filter((part) => part);
  const first = textAt(event, 'firstTimestamp');
  return [
    since(textAt(event, 'lastTimestamp') ?? first, now),
    textAt(event, 'type') ?? '',
    textAt(event, 'reason') ?? '',
    `${(textAt(object, 'kind') ?? '').toLowerCase()}/${textAt(object, 'name') ?? ''}`,
    textAt(object, 'fieldPath') ?? '',
    source.join(', '),
    (textAt(event, 'message') ?? '').trim(),
    since(first, now),
    numberAt(event, 'count') ?? 1,
    name(event),
  ];
}

const count = (object: KubeObject, ...path: readonly string[]): number => numberAt(object, ...path) ?? 0;

const PRINTERS: Readonly<Record<string, Printer>> = {
  nodes: {
    columns: [
      'Name',
      'Status',
      'Roles',
      'Age',
      'Version',
      'Internal-IP:string:1',
      'External-IP:string:1',
      'OS-Image:string:1',
      'Kernel-Version:string:1',
      'Container-Runtime:string:1',
    ],
    cells: nodeCells,
  },
  pods: {
    columns: [
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
      'IP:string:1',
      'Node:string:1',
      'Nominated Node:string:1',
      'Readiness Gates:string:1',
    ],
    cells: podCells,
  },
  services: {
    columns: ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', SELECTOR],
    cells: serviceCells,
  },
  events: {
    columns: [
      'Last Seen',
      'Type',
      'Reason',
      'Object',
      'Subobject:string:1',
      'Source:string:1',
      'Message',
      'First Seen:string:1',
      'Count:string:1',
      'Name:string:1',
    ],
    cells: eventCells,
  },
  namespaces: {
    columns: ['Name', 'Status', 'Age'],
    cells: (object, now) => [name(object), textAt(object, 'status', 'phase') ?? 'Active', ...age(object, now)],
  },
  configmaps: {
    columns: ['Name', 'Data', 'Age'],
    cells: (object, now) => [
      name(object),
      Object.keys(object['data'] ?? {}).length + Object.keys(object['binaryData'] ?? {}).length,
      ...age(object, now),
    ],
  },
  secrets: {
    columns: ['Name', 'Type', 'Data', 'Age'],
    cells: (object, now) => [
      name(object),
      textAt(object, 'type') ?? '',
      Object.keys(object['data'] ?? {}).length,
      ...age(object, now),
    ],
  },
  serviceaccounts: {
    columns: ['Name', 'Secrets', 'Age'],
    cells: (object, now) => [name(object), listAt(object, 'secrets').length, ...age(object, now)],
  },
  endpoints: {
    columns: ['Name', 'Endpoints', 'Age'],
    cells: (object, now) => [
      name(object),
      some(
        listAt(object, 'subsets').flatMap((subset) =>
          texts(listAt(subset, 'addresses'), 'ip').flatMap((ip) =>
            listAt(subset, 'ports').map((port) => `${ip}:${numberAt(port, 'port') ?? 0}`),
          ),
        ),
      ),
      ...age(object, now),
    ],
  },
  endpointslices: {
    columns: ['Name', 'AddressType', 'Ports', 'Endpoints', 'Age'],
    cells: endpointSliceCells,
  },
  daemonsets: {
    columns: [
      'Name',
      'Desired:integer',
      'Current:integer',
      'Ready:integer',
      'Up-to-date:integer',
      'Available:integer',
      'Node Selector',
      'Age',
      ...WORKLOAD,
      SELECTOR,
    ],
    cells: (object, now) => [
      name(object),
      count(object, 'status', 'desiredNumberScheduled'),
      count(object, 'status', 'currentNumberScheduled'),
      count(object, 'status', 'numberReady'),
      count(object, 'status', 'updatedNumberScheduled'),
      count(object, 'status', 'numberAvailable'),
      selectorText(at(object, 'spec', 'template', 'spec', 'nodeSelector'), '<none>'),
      ...age(object, now),
      ...templateCells(object),
      selectorText(at(object, 'spec', 'selector'), '<none>'),
    ],
  },
  deployments: {
    columns: ['Name', 'Ready', 'Up-to-date', 'Available', 'Age', ...WORKLOAD, SELECTOR],
    cells: (object, now) => [
      name(object),
      `${count(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas') ?? 1}`,
      String(count(object, 'status', 'updatedReplicas')),
      String(count(object, 'status', 'availableReplicas')),
      ...age(object, now),
      ...templateCells(object),
      selectorText(at(object, 'spec', 'selector'), '<none>'),
    ],
  },
  replicasets: {
    columns: ['Name', 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age', ...WORKLOAD, SELECTOR],
    cells: (object, now) => [
      name(object),
      numberAt(object, 'spec', 'replicas') ?? 1,
      count(object, 'status', 'replicas'),
      count(object, 'status', 'readyReplicas'),
      ...age(object, now),
      ...templateCells(object),
      selectorText(at(object, 'spec', 'selector'), '<none>'),
    ],
  },
  statefulsets: {
    columns: ['Name', 'Ready', 'Age', ...WORKLOAD],
    cells: (object, now) => [
      name(object),
      `${count(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas') ?? 1}`,
      ...age(object, now),
      ...templateCells(object),
    ],
  },
  'networkpolicies.networking.k8s.io': {
    columns: ['Name', 'Pod-Selector', 'Age'],
    cells: (object, now) => [
      name(object),
      selectorText(at(object, 'spec', 'podSelector'), '<none>'),
      ...age(object, now),
    ],
  },
  'servicecidrs.networking.k8s.io': {
    columns: ['Name', 'CIDRs', 'Age'],
    cells: (object, now) => [name(object), texts(listAt(object, 'spec', 'cidrs')).join(','), ...age(object, now)],
  },
  'ipaddresses.networking.k8s.io': {
    columns: ['Name', 'ParentRef'],
    cells: (object) => {
      const parent = at(object, 'spec', 'parentRef');
      return [
        name(object),
        `${textAt(parent, 'resource') ?? ''}/${textAt(parent, 'namespace') ?? ''}/${textAt(parent, 'name') ?? ''}`,
      ];
    },
  },
  'leases.coordination.k8s.io': {
    columns: ['Name', 'Holder', 'Age'],
    cells: (object, now) => [name(object), textAt(object, 'spec', 'holderIdentity') ?? '', ...age(object, now)],
  },
  'customresourcedefinitions.apiextensions.k8s.io': {
    columns: ['Name', 'Created At:date'],
    cells: (object) => [name(object), object.metadata.creationTimestamp ?? null],
  },
};

const DEFAULT: Printer = { columns: ['Name', 'Age'], cells: (object, now) => [name(object), ...age(object, now)] };

function printerOf(resource: Resource): Printer {
  if (resource.columns.length === 0) {
    const inApps = ['', 'apps', 'discovery.k8s.io'].includes(resource.group) ? PRINTERS[resource.plural] : undefined;
    return PRINTERS[`${resource.plural}.${resource.group}`] ?? inApps ?? DEFAULT;
  }
  return {
    columns: ['Name', ...resource.columns.map((column) => `${column.name}:${column.type}:${column.priority}`)],
    cells: (object, now) => [
      name(object),
      ...resource.columns.map((column) => {
        const found = simpleJsonPath(object, column.jsonPath);
        return column.type === 'date' ? since(found, now) : (found ?? '');
      }),
    ],
  };
}

/** The subset of JSONPath that printer columns use: `.a.b[0]`, `.a["x"]` and `.a[?(@.type=="X")].b`. */
function simpleJsonPath(object: JsonObject, path: string): Json | undefined {
  let here: Json | undefined = object;
  const steps = path.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]|\["([^"]+)"\]|\[\?\(@\.(\w+)\s*==\s*"([^"]*)"\)\]/g);
  for (const [, field, index, quoted, key, value] of steps) {
    const name = field ?? quoted;
    if (name !== undefined) here = isObject(here) ? here[name] : undefined;
    else if (index !== undefined) here = isArray(here) ? here[Number(index)] : undefined;
    else if (key !== undefined) here = isArray(here) ? here.find((item) => at(item, key) === value) : undefined;
  }
  return here;
}

export function columnsOf(resource: Resource): Column[] {
  const { columns } = printerOf(resource);
  return columns.map((text) => {
    const [title = '', type = 'string', priority = '0'] = text.split(':');
    return { name: title, type, format: title === 'Name' ? 'name' : '', description: '', priority: Number(priority) };
  });
}

export function cellsOf(resource: Resource, object: KubeObject, now: Date): readonly Json[] {
  return printerOf(resource).cells(object, now);
}

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export function metadataOnly(object: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** A Table of some objects. `columns` null: they were told before in the same watch. */
export function table(
  resource: Resource,
  objects: readonly KubeObject[],
  options: {
    readonly metadata: JsonObject;
    readonly now: Date;
    readonly includeObject: IncludeObject;
    readonly withColumns: boolean;
  },
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.withColumns ? columnsOf(resource).map((column) => ({ ...column })) : null,
    rows: objects.map((object) => ({
      cells: cellsOf(resource, object, options.now),
      ...(options.includeObject === 'None'
        ? {}
        : { object: options.includeObject === 'Object' ? object : metadataOnly(object) }),
    })),
  };
}
