/** What the other side is shown of a cluster network: plain data that can be posted, in the order in which it is shown. */
import { formatRange } from '../core/ip/range.js';
import type { Outlook, RangeUse } from '../core/network/capacity.js';
import type { Claim } from '../core/network/claim.js';
import { conditionOf, type NodeFacts, readinessOf } from '../core/network/facts.js';
import { compareNatural } from '../core/network/naturalOrder.js';
import { formatPath, formatPlace, nodeRef, objectPlace, type Place, placeKey } from '../core/network/place.js';
import type { PodTable } from '../core/network/podTable.js';
import type { CniReading } from '../core/network/reading.js';
import type {
  ClaimSummary,
  NodeSummary,
  OutlookSummary,
  PodSummary,
  RangeSummary,
  ReadingSummary,
  UnreadNode,
} from './session.js';

/** The claims on pod ranges of each node, by its name. */
export function claimsByNode(claims: readonly Claim[]): ReadonlyMap<string, readonly Claim[]> {
  const byNode = new Map<string, Claim[]>();
  for (const claim of claims) {
    if (claim.role !== 'pod-node' || claim.node === undefined) continue;
    const known = byNode.get(claim.node);
    if (known === undefined) byNode.set(claim.node, [claim]);
    else known.push(claim);
  }
  return byNode;
}

export function nodeSummary(node: NodeFacts, claims: readonly Claim[], pods: PodTable): NodeSummary {
  const ready = readinessOf(node);
  return {
    name: node.name,
    uid: node.uid,
    internalIPs: node.internalIPs.map((field) => field.text),
    ready,
    readyMessage: ready === 'Ready' ? '' : (conditionOf(node, 'Ready')?.message ?? ''),
    ranges: rangesOf(node, claims),
    podCount: pods.countOfNode(node.name),
    kubeletVersion: node.kubeletVersion,
    os: node.os,
    unschedulable: node.unschedulable,
  };
}

/** The node's own fields first, then what its solution keeps elsewhere. A field that is no CIDR is shown with its problem. */
function rangesOf(node: NodeFacts, claims: readonly Claim[]): readonly RangeSummary[] {
  const claimed = new Map(claims.map((claim) => [placeKey(claim.place), claim]));
  const fields = node.podCIDRs.map((field): RangeSummary => {
    const place = objectPlace(nodeRef(node.name), ...field.path);
    const claim = claimed.get(placeKey(place));
    claimed.delete(placeKey(place));
    return {
      text: field.text,
      // What is no CIDR has no family; it is shown beside those of the family that it looks like.
      family: field.cidr.ok ? field.cidr.value.family : field.text.includes(':') ? 6 : 4,
      place,
      placeText: formatPath(field.path),
      used: claim?.used,
      problem: field.cidr.ok ? undefined : field.cidr.reason,
    };
  });
  const others = [...claimed.values()].map((claim): RangeSummary => ({
    text: claim.text,
    family: claim.range.family,
    place: claim.place,
    placeText: placeTextOf(claim.place, node.name),
    used: claim.used,
    problem: undefined,
  }));
  return [...fields, ...others];
}

/** A place on the node itself needs no name of it. */
function placeTextOf(place: Place, node: string): string {
  return place.kind === 'object' && place.object.kind === 'Node' && place.object.name === node
    ? formatPath(place.path)
    : formatPlace(place);
}

/** Nodes that pods name, and that are not among the nodes. */
export function unreadNodes(nodes: readonly NodeFacts[], pods: PodTable): readonly UnreadNode[] {
  const known = new Set(nodes.map(({ name }) => name));
  return [...pods.nodeNames()]
    .filter((name) => name !== '' && !known.has(name))
    .sort(compareNatural)
    .map((name) => ({ name, podCount: pods.countOfNode(name) }));
}

export function podSummary(pods: PodTable, row: number): PodSummary {
  const { namespace, name, uid, node, ips, phase, ready, terminating, hostNetwork } = pods.facts(row);
  return { namespace, name, uid, node, ips, phase, ready, terminating, hostNetwork };
}

export function readingSummary(reading: CniReading): ReadingSummary {
  const { solution, title, version, confidence, evidence, datapath } = reading;
  return { solution, title, version, confidence, evidence, datapath };
}

/** Told by place, role and range: two claims may stand at one place (a list in one text). */
const idOfClaim = (claim: Claim): string => `${claim.role} ${formatRange(claim.range)} ${placeKey(claim.place)}`;

export const claimSummaries = (uses: readonly RangeUse[]): readonly ClaimSummary[] =>
  uses.map(({ claim, size, usable, usedAddresses, assignedRanges, blocks }) => ({
    id: idOfClaim(claim),
    claim,
    size: size.toString(),
    usable: usable.toString(),
    usedAddresses,
    assignedRanges,
    blocks:
      blocks === undefined
        ? undefined
        : { prefixLength: blocks.prefixLength, total: blocks.total.toString(), free: blocks.free.toString() },
  }));

/** More than anybody reads. */
const MAX_OUTLOOK = 10;
/** A tenth of a percent: finer differences are no news. */
const FRACTION_STEP = 0.001;

export const outlookSummaries = (outlook: readonly Outlook[]): readonly OutlookSummary[] =>
  outlook.slice(0, MAX_OUTLOOK).map(({ resource, claim, total, left, fraction, hoursLeft, evidence }) => ({
    resource,
    claimId: idOfClaim(claim),
    total: total.toString(),
    left: left.toString(),
    fraction: Math.round(fraction / FRACTION_STEP) * FRACTION_STEP,
    hoursLeft: hoursLeft === undefined ? undefined : Math.round(hoursLeft),
    evidence,
  }));
