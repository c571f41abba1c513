/**
 * Reads a core/v1 Pod of the API server's protobuf straight into the facts of a table's row.
 *
 * Written by hand, as no other kind's: of the 5 kB of a pod a row needs some 150 bytes, and there are 150,000 of them. The
 * generated decoder made objects and texts of its conditions and annotations on the way: 1,100 ms for all, instead of 460
 * (docs/architecture.md). Field numbers are those of
 * https://github.com/kubernetes/api/blob/master/core/v1/generated.proto and
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/generated.proto
 */
import { NETWORK_ANNOTATIONS, podNetwork } from '../../core/network/fromObjects.js';
import { cut, LIMITS } from '../../core/network/json.js';
import { type Phase, type PodFacts, PHASES } from '../../core/network/podTable.js';
import type { SharingReader } from './sharingReader.js';
import { LENGTH, tagOf, VARINT } from './wire.js';

export interface PodMessage {
  readonly resourceVersion: string;
  readonly facts: PodFacts;
}

/** What was read of a message so far. */
interface Draft {
  resourceVersion: string;
  namespace: string;
  name: string;
  uid: string;
  node: string;
  phase: string;
  hostNetwork: boolean;
  podIP: string;
  podIPs: string[];
  conditions: number;
  ready: boolean;
  terminating: boolean;
  annotations: Record<string, string> | undefined;
}

/** Conditions and addresses of one pod that are looked at, as in JSON (`json.ts`). */
const MAX_ENTRIES = 1000;

const POD = { metadata: tagOf(1), spec: tagOf(2), status: tagOf(3) } as const;
const METADATA = {
  name: tagOf(1),
  namespace: tagOf(3),
  uid: tagOf(5),
  resourceVersion: tagOf(6),
  deletionTimestamp: tagOf(9),
  annotations: tagOf(12),
} as const;
const ENTRY = { key: tagOf(1), value: tagOf(2) } as const;
const SPEC = { nodeName: tagOf(10), hostNetwork: tagOf(11, VARINT) } as const;
const STATUS = {
  phase: tagOf(1),
  conditions: tagOf(2),
  podIP: tagOf(6),
  podIPs: tagOf(12),
} as const;
const CONDITION = { type: tagOf(1), status: tagOf(2) } as const;
const POD_IP = { ip: tagOf(1) } as const;

/** Reads a pod of so many bytes, or of all that are left. Throws what the reader throws at a malformed message. */
export function readPod(reader: SharingReader, length = reader.len - reader.pos): PodMessage {
  const pod: Draft = {
    resourceVersion: '',
    namespace: '',
    name: '',
    uid: '',
    node: '',
    phase: '',
    hostNetwork: false,
    podIP: '',
    podIPs: [],
    conditions: 0,
    ready: false,
    terminating: false,
    annotations: undefined,
  };
  const outer = reader.enter(length);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === POD.metadata) readMetadata(reader, pod);
    else if (tag === POD.spec) readSpec(reader, pod);
    else if (tag === POD.status) readStatus(reader, pod);
    else reader.skipType(tag & 7);
  }
  reader.leave(outer);
  return {
    resourceVersion: pod.resourceVersion,
    facts: {
      namespace: cut(pod.namespace, LIMITS.name),
      name: cut(pod.name, LIMITS.name),
      uid: cut(pod.uid, LIMITS.text),
      node: cut(pod.node, LIMITS.name),
      phase: PHASES.find((known): known is Phase => known === pod.phase) ?? 'Unknown',
      hostNetwork: pod.hostNetwork,
      ips: pod.podIPs.length > 0 ? pod.podIPs : pod.podIP === '' ? [] : [pod.podIP],
      ready: pod.ready,
      terminating: pod.terminating,
      network: pod.annotations === undefined ? '' : podNetwork(pod.annotations),
    },
  };
}

function readMetadata(reader: SharingReader, pod: Draft): void {
  const outer = reader.enter(reader.uint32());
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag) {
      case METADATA.name:
        pod.name = reader.ownString();
        break;
      case METADATA.namespace:
        pod.namespace = reader.string();
        break;
      case METADATA.uid:
        pod.uid = reader.ownString();
        break;
      case METADATA.resourceVersion:
        pod.resourceVersion = reader.ownString();
        break;
      case METADATA.deletionTimestamp:
        // That it is there is all that counts.
        pod.terminating = true;
        reader.skipType(LENGTH);
        break;
      case METADATA.annotations:
        readAnnotation(reader, pod);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  reader.leave(outer);
}

/** One entry of the map: its value is read only where its key says something. Maps are written with the key first. */
function readAnnotation(reader: SharingReader, pod: Draft): void {
  const outer = reader.enter(reader.uint32());
  let key: string | undefined;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ENTRY.key) key = reader.oneOf(NETWORK_ANNOTATIONS);
    else if (tag === ENTRY.value && key !== undefined) (pod.annotations ??= {})[key] = reader.ownString();
    else reader.skipType(tag & 7);
  }
  reader.leave(outer);
}

function readSpec(reader: SharingReader, pod: Draft): void {
  const outer = reader.enter(reader.uint32());
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === SPEC.nodeName) pod.node = reader.string();
    else if (tag === SPEC.hostNetwork) pod.hostNetwork = reader.bool();
    else reader.skipType(tag & 7);
  }
  reader.leave(outer);
}

function readStatus(reader: SharingReader, pod: Draft): void {
  const outer = reader.enter(reader.uint32());
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === STATUS.phase) pod.phase = reader.string();
    else if (tag === STATUS.conditions) readCondition(reader, pod);
    else if (tag === STATUS.podIP) pod.podIP = cut(reader.ownString(), LIMITS.text);
    else if (tag === STATUS.podIPs) readPodIP(reader, pod);
    else reader.skipType(tag & 7);
  }
  reader.leave(outer);
}

const READY = ['Ready'] as const;
const TRUE = ['True'] as const;

function readCondition(reader: SharingReader, pod: Draft): void {
  const outer = reader.enter(reader.uint32());
  let isReady = false;
  let isTrue = false;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === CONDITION.type) isReady = reader.oneOf(READY) !== undefined;
    else if (tag === CONDITION.status) isTrue = reader.oneOf(TRUE) !== undefined;
    else reader.skipType(tag & 7);
  }
  reader.leave(outer);
  if (++pod.conditions <= MAX_ENTRIES && isReady && isTrue) pod.ready = true;
}

function readPodIP(reader: SharingReader, pod: Draft): void {
  const outer = reader.enter(reader.uint32());
  let ip = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === POD_IP.ip) ip = cut(reader.ownString(), LIMITS.text);
    else reader.skipType(tag & 7);
  }
  reader.leave(outer);
  if (pod.podIPs.length < MAX_ENTRIES) pod.podIPs.push(ip);
}
