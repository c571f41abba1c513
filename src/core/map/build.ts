/**
 * Cluster network and findings → what the map draws.
 *
 * Answers for: which nodes are drawn when there are too many (those with conflicts first: problems are never hidden), which
 * range a pod is drawn in, and which conflict marks which thing.
 */
import type { Finding } from '../checks/check.js';
import { containsAddress, formatRange, type Range, sizeOf } from '../ip/range.js';
import type { Claim } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { formatPlace, type Place } from '../network/place.js';
import {
  MAX_NODES,
  type MapClusterRange,
  type MapConflict,
  type MapModel,
  type MapNode,
  type MapPod,
  type MapRange,
} from './model.js';

export interface MapIdentity {
  readonly context: string;
  readonly simulated: boolean;
}

/** Conflicts by the object and text they stand at: what a drawn thing asks for. */
class ConflictIndex {
  readonly conflicts: MapConflict[] = [];
  readonly #byKey = new Map<string, number[]>();

  constructor(findings: readonly Finding[]) {
    for (const finding of findings) {
      if (finding.severity !== 'error' && finding.severity !== 'warning') continue;
      const index = this.conflicts.length;
      this.conflicts.push({ id: finding.id, code: finding.code, severity: finding.severity, message: finding.message });
      for (const subject of finding.subjects) {
        for (const key of keysOf(subject.place, subject.text)) {
          const known = this.#byKey.get(key);
          if (known === undefined) this.#byKey.set(key, [index]);
          else if (known.at(-1) !== index) known.push(index);
        }
      }
    }
  }
  of(...keys: readonly string[]): readonly number[] {
    const found = new Set<number>();
    for (const key of keys) for (const index of this.#byKey.get(key) ?? []) found.add(index);
    return [...found].sort((a, b) => a - b);
  }
}

const nodeKey = (name: string): string => `node ${name}`;
const podKey = (namespace: string, name: string): string => `pod ${namespace}/${name}`;
const rangeKey = (owner: string, text: string): string => `range ${owner} ${text}`;

/** A finding on a range field marks the range; one on anything else of a node or pod marks the node or pod. */
function keysOf(place: Place, text: string): string[] {
  if (place.kind !== 'object') return [rangeKey('', text)];
  const { kind, namespace, name } = place.object;
  if (kind === 'Pod') return [podKey(namespace ?? '', name)];
  const isRange = text.includes('/');
  if (isRange) return [rangeKey(name, text), rangeKey('', text)];
  return kind === 'Node' ? [nodeKey(name)] : [];
}

interface NodeRange {
  readonly range: Range;
  readonly claim: Claim;
}

/** A node's ranges: claims of role pod-node, those in use first, then in address order. */
function rangesByNode(claims: readonly Claim[]): Map<string, NodeRange[]> {
  const byNode = new Map<string, NodeRange[]>();
  for (const claim of claims) {
    if (claim.role !== 'pod-node' || claim.node === undefined) continue;
    const known = byNode.get(claim.node);
    const entry = { range: claim.range, claim };
    if (known === undefined) byNode.set(claim.node, [entry]);
    else known.push(entry);
  }
  for (const ranges of byNode.values())
    ranges.sort((a, b) => Number(b.claim.used !== false) - Number(a.claim.used !== false));
  return byNode;
}

function mapNode(
  network: ClusterNetwork,
  node: NodeFacts,
  ranges: readonly NodeRange[],
  conflicts: ConflictIndex,
): MapNode {
  const { pods } = network.facts;
  const inRange: MapPod[][] = ranges.map(() => []);
  const outside: MapPod[] = [];
  const hostNetwork: MapPod[] = [];
  let withoutAddress = 0;
  for (const row of pods.rowsOfNode(node.name)) {
    const pod = {
      namespace: pods.namespace(row),
      name: pods.name(row),
      ips: pods.ips(row),
      running: pods.phase(row) === 'Running',
      conflicts: conflicts.of(podKey(pods.namespace(row), pods.name(row))),
    };
    if (pods.hostNetwork(row)) hostNetwork.push({ ...pod, offset: -1 });
    else if (pod.ips.length === 0 || !pods.ownsAddresses(row)) withoutAddress++;
    else {
      let placed = false;
      for (const address of pods.addresses(row)) {
        const at = ranges.findIndex(({ range, claim }) => claim.used !== false && containsAddress(range, address));
        const range = ranges[at]?.range;
        if (range === undefined) continue;
        inRange[at]?.push({ ...pod, offset: Number(address.value - range.first) });
        placed = true;
      }
      if (!placed) outside.push({ ...pod, offset: -1 });
    }
  }
  const byName = (a: MapPod, b: MapPod): number =>
    compareNatural(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`);
  const mapRanges = ranges.map(({ range, claim }, at): MapRange => {
    const cidr = formatRange(range);
    return {
      cidr,
      source: formatPlace(claim.place),
      used: claim.used !== false,
      size: Number(sizeOf(range)),
      pods: (inRange[at] ?? []).sort((a, b) => a.offset - b.offset || byName(a, b)),
      conflicts: conflicts.of(rangeKey(node.name, claim.text), rangeKey(node.name, cidr)),
    };
  });
  return {
    name: node.name,
    ips: node.internalIPs.map((ip) => ip.text),
    ready: readinessOf(node),
    ranges: mapRanges,
    outside: outside.sort(byName),
    hostNetwork: hostNetwork.sort(byName),
    withoutAddress,
    conflicts: conflicts.of(nodeKey(node.name)),
  };
}

/** How much a node matters when not all can be drawn: nodes with conflicts of their own, their ranges' or their pods'. */
function conflictedNodes(findings: readonly Finding[], network: ClusterNetwork): Set<string> {
  const named = new Set<string>();
  for (const finding of findings) {
    if (finding.severity !== 'error' && finding.severity !== 'warning') continue;
    for (const { node, place } of finding.subjects) {
      if (node !== undefined) named.add(node);
      else if (place.kind === 'object' && place.object.kind === 'Node') named.add(place.object.name);
      else if (place.kind === 'object' && place.object.kind === 'Pod') {
        const row = network.facts.pods.rowOf(place.object.namespace ?? '', place.object.name);
        if (row >= 0) named.add(network.facts.pods.node(row));
      }
    }
  }
  return named;
}

function clusterRanges(network: ClusterNetwork, conflicts: ConflictIndex): MapClusterRange[] {
  const ranges = new Map<string, MapClusterRange>();
  for (const claim of network.claims) {
    const role =
      claim.role === 'service'
        ? 'service'
        : claim.role === 'pod-cluster' || claim.role === 'pod-pool'
          ? 'pod'
          : undefined;
    if (role === undefined || claim.used === false) continue;
    const cidr = formatRange(claim.range);
    const key = `${role} ${cidr}`;
    const known = ranges.get(key);
    const source = formatPlace(claim.place);
    const owner = claim.place.kind === 'object' ? claim.place.object.name : '';
    const marks = conflicts.of(rangeKey(owner, claim.text), rangeKey('', claim.text));
    ranges.set(key, {
      cidr,
      role,
      source: known === undefined ? source : `${known.source}; ${source}`,
      conflicts: [...new Set([...(known?.conflicts ?? []), ...marks])],
    });
  }
  return [...ranges.values()].sort((a, b) =>
    a.role === b.role ? compareNatural(a.cidr, b.cidr) : a.role === 'pod' ? -1 : 1,
  );
}

/** The bus between the nodes in words: solution, encapsulation, and what the nodes must let through. */
function busText(network: ClusterNetwork): string {
  const { solution, title, confidence, datapath } = network.reading;
  if (confidence === 'none' || solution === 'unknown') return '';
  const parts = [title];
  if (datapath.encapsulation !== undefined) parts.push(datapath.encapsulation);
  const traffic = datapath.requires[0];
  if (traffic !== undefined)
    parts.push(`${traffic.protocol.toUpperCase()}${traffic.port === undefined ? '' : ` ${traffic.port}`}`);
  return parts.join(' · ');
}

/** Builds the model of the map: at most `maxNodes` nodes, those with conflicts first. Cost: the drawn nodes' pods and the findings. */
export function buildMapModel(
  network: ClusterNetwork,
  findings: readonly Finding[],
  identity: MapIdentity,
  maxNodes = MAX_NODES,
): MapModel {
  const conflicts = new ConflictIndex(findings);
  const ranges = rangesByNode(network.claims);
  const important = conflictedNodes(findings, network);
  const natural = [...network.facts.nodes].sort((a, b) => compareNatural(a.name, b.name));
  const drawn = new Set(
    [...natural.filter((node) => important.has(node.name)), ...natural.filter((node) => !important.has(node.name))]
      .slice(0, maxNodes)
      .map((node) => node.name),
  );
  return {
    ...identity,
    bus: busText(network),
    clusterRanges: clusterRanges(network, conflicts),
    nodes: natural
      .filter((node) => drawn.has(node.name))
      .map((node) => mapNode(network, node, ranges.get(node.name) ?? [], conflicts)),
    hiddenNodes: natural.length - drawn.size,
    podCount: network.facts.pods.size,
    conflicts: conflicts.conflicts,
    readAt: network.facts.readAt,
  };
}
