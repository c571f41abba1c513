/**
 * What places a culprit: the failed measurements, what else answers around it, and what all of that is consistent with –
 * never more than the evidence carries.
 */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { describeCell, nodeName } from './cellWords.js';
import type { Culprit, Place } from './culprits.js';
import { describeCulprit, nodesOfPlace } from './culpritWords.js';
import { acrossNodes, type Cell, type CellState, stateOf } from './matrix.js';
import { describeNat } from './nat.js';
import { carrierOf } from './placement.js';
import { summarise } from './probe.js';
import { natOf, probePod } from './probePodEnds.js';
import { isPodAddress } from './route.js';
import type { Measured, NamedCulprit } from './verification.js';

/** A culprit with the evidence that places it. */
export function nameCulprit(culprit: Culprit, measured: Measured, network: ClusterNetwork): NamedCulprit {
  const families = [...new Set(measured.cells.map((cell) => cell.family))];
  const sizes = measured.largest.filter(({ from, to }) => touches(culprit, from, to)).map(({ bytes }) => bytes);
  return {
    culprit,
    words: describeCulprit(
      culprit,
      (node) => nodeName(measured, node),
      sizes.length === 0 ? undefined : Math.min(...sizes),
      families,
    ),
    evidence: evidenceOf(culprit, measured, network),
  };
}

function evidenceOf(culprit: Culprit, measured: Measured, network: ClusterNetwork): string[] {
  switch (culprit.trouble) {
    case 'unreachable':
      return culprit.place.kind === 'within'
        ? placementWithin(culprit, culprit.place.node, measured)
        : placement(culprit, measured, network);
    case 'translated':
      return translations(culprit, measured, network);
    case 'loss':
      return samples(culprit, measured, 'lossy');
    case 'misdirected':
      return samples(culprit, measured, 'misdirected');
  }
}

/** Who was seen as what. */
function translations(culprit: Culprit, measured: Measured, network: ClusterNetwork): string[] {
  const sentences = measured.cells
    .filter((cell) => acrossNodes(cell) && inPlace(culprit, cell.from, cell.to))
    .flatMap((cell) => {
      const nat = natOf(measured, network, cell);
      return nat === undefined || nat.kind === 'preserved'
        ? []
        : [describeNat(cell.seenSource, nat, probePod(measured, cell.from), probePod(measured, cell.to))];
    });
  return [...new Set(sentences)].slice(0, 3);
}

/** Whether the path from one node to the other, or the way back, is one that the culprit explains. */
const touches = (culprit: Culprit, from: number, to: number): boolean =>
  inPlace(culprit, from, to) || inPlace(culprit, to, from);

function inPlace({ place }: Culprit, from: number, to: number): boolean {
  switch (place.kind) {
    case 'everywhere':
      return true;
    case 'node':
      return (place.direction !== 'from' && to === place.node) || (place.direction !== 'into' && from === place.node);
    case 'within':
      return from === place.node && to === place.node;
    case 'pair':
      return (from === place.a && to === place.b) || (place.direction === 'both' && from === place.b && to === place.a);
  }
}

/** Measurements that show it, for troubles that no other measurement places. */
function samples(culprit: Culprit, measured: Measured, wanted: CellState): string[] {
  return measured.cells
    .filter((cell) => isJudged(culprit, cell) && touches(culprit, cell.from, cell.to) && stateOf(cell) === wanted)
    .slice(0, 3)
    .map((cell) => describeCell(cell, measured));
}

/** Whether a cell is one of those that such a culprit is found in. */
const isJudged = ({ place }: Culprit, cell: Cell): boolean =>
  place.kind === 'within' ? cell.source === 'pod' && cell.role === 'peer' : acrossNodes(cell);

/** What is broken on one node, and whether its pods do better with those of others. */
function placementWithin(culprit: Culprit, node: number, measured: Measured): string[] {
  const name = nodeName(measured, node);
  const beyond = measured.cells.some((cell) => acrossNodes(cell) && cell.from === node && stateOf(cell) === 'ok');
  return [
    ...samples(culprit, measured, 'broken'),
    ...(beyond ? [`pods on ${name} reach pods on other nodes`] : []),
    `consistent with a filter on ${name}, or with its bridge or the pods’ interfaces being broken: what one pod of a node sends to another does not leave it`,
  ];
}

/** What else answers and what does not, around the nodes that a culprit names. */
function placement(culprit: Culprit, measured: Measured, network: ClusterNetwork): string[] {
  const affected = new Set(culprit.modes.map((mode) => `${mode.measure} ${mode.family}`));
  const broken = measured.cells.filter(
    (cell) =>
      acrossNodes(cell) &&
      touches(culprit, cell.from, cell.to) &&
      affected.has(`${cell.measure} ${cell.family}`) &&
      stateOf(cell) === 'broken',
  );
  const refused = broken.filter((cell) => summarise(cell.tries).outcome.kind === 'refused').length;
  const nodes = nodesOfPlace(culprit.place);
  const nodeCells = measured.cells.filter(
    (cell) => cell.source === 'pod' && cell.role === 'node' && cell.from !== cell.to,
  );
  const around = nodes.map((node): Around => {
    const others = (other: number): boolean => culprit.place.kind !== 'pair' || nodes.includes(other);
    return {
      node,
      into: share(nodeCells.filter((cell) => cell.to === node && others(cell.from))),
      from: share(nodeCells.filter((cell) => cell.from === node && others(cell.to))),
    };
  });
  return [
    ...broken.slice(0, 2).map((cell) => describeCell(cell, measured)),
    ...(refused === 0
      ? []
      : [
          `${refused} of the failed measurements were refused, on ports where a probe server listens: something on the way, or on the target’s node, rejects them`,
        ]),
    ...around.flatMap((one) => nodeSentences(measured, network, one)),
    consistentWith(culprit, measured, around, network, share(nodeCells)),
  ];
}

type Share = 'all' | 'none' | 'some' | 'unknown';

/** How a node's own network does: whether pods elsewhere reach the node itself, and its pods the other nodes. */
interface Around {
  readonly node: number;
  readonly into: Share;
  readonly from: Share;
}

function share(cells: readonly Cell[]): Share {
  const states = cells.map(stateOf).filter((state) => state !== 'unknown');
  const ok = states.filter((state) => state !== 'broken').length;
  return states.length === 0 ? 'unknown' : ok === states.length ? 'all' : ok === 0 ? 'none' : 'some';
}

function nodeSentences(measured: Measured, network: ClusterNetwork, { node, into, from }: Around): string[] {
  const name = nodeName(measured, node);
  const address = measured.nodes[node]?.internalIPs[0] ?? '';
  return [
    ...(into === 'all' ? [`${name} itself (${address}) answers pods on other nodes`] : []),
    ...(into === 'none' ? [`${name} itself (${address}) does not answer pods on other nodes either`] : []),
    ...(from === 'all' ? [`pods on ${name} reach the other nodes themselves`] : []),
    ...(from === 'none' ? [`pods on ${name} do not reach the other nodes themselves either`] : []),
    ...(measured.nodes[node]?.ready === false ? [`${name} is not Ready`] : []),
    ...outsideOfRanges(measured.nodes[node]?.podAddresses ?? [], network).map(
      (one) =>
        `pods on ${name} have addresses outside of every pod range that is known (${one}): nothing need route those`,
    ),
  ];
}

/** Those that no known range of pods contains, where ranges are known at all. */
function outsideOfRanges(addresses: readonly string[], network: ClusterNetwork): string[] {
  const known = network.claims.some((claim) => claim.role.startsWith('pod-') && claim.used !== false);
  return known ? addresses.filter((one) => !isPodAddress(one, network)) : [];
}

/** What the evidence is consistent with, and no further. */
function consistentWith(
  culprit: Culprit,
  measured: Measured,
  around: readonly Around[],
  network: ClusterNetwork,
  everyNode: Share,
): string {
  const { place, directionSeen } = culprit;
  const carrier =
    measured.route === undefined
      ? 'whatever carries pod packets between the nodes (an overlay, routes, forwarding)'
      : measured.route.kind === 'routed'
        ? 'the routing of pod addresses between the nodes, or forwarding on one of them,'
        : carrierOf(measured.route);
  if (!culprit.everything && culprit.modes.every((mode) => mode.measure.endsWith('-large')))
    return consistentWithMtu(measured, network);
  const family = culprit.modes[0]?.family;
  const wholeFamily = (['tcp', 'udp'] as const).every((one) =>
    culprit.modes.some((mode) => mode.measure === one && mode.family === family),
  );
  if (!culprit.everything && !wholeFamily)
    return 'what else was measured on the same paths is answered, so packets find their way: consistent with a filter on the way that drops only this';
  // Where pods reach no node at all, its port is closed to them, perhaps on purpose: then that tells of nobody in particular.
  const told = measured.nodes.length <= 2 || everyNode !== 'none';
  const [first] = told ? around : [];
  if (place.kind === 'node' && first !== undefined) {
    const name = nodeName(measured, place.node);
    if (place.direction === 'from' && directionSeen && first.into === 'none' && first.from === 'all')
      return routesMissing('the other nodes', name);
    if (first.into === 'none' && first.from !== 'all') return `consistent with ${name} being cut off, or down`;
    if (first.from === 'none' && first.into === 'all')
      return place.direction === 'into' && directionSeen
        ? routesMissing(name, 'the other nodes')
        : `consistent with ${name} passing nothing on for its pods: ${FORWARDING}`;
  }
  const lost = around.find((one) => one.into === 'none' && one.from === 'all');
  if (place.kind === 'pair' && place.direction === 'forward' && directionSeen && lost?.node === place.a)
    return routesMissing(nodeName(measured, place.b), nodeName(measured, place.a));
  // Of a pair, the one whose pods reach not even the other node itself.
  const stuck = around.filter((one) => one.from === 'none' && one.into !== 'none');
  const [one] = stuck;
  if (place.kind === 'pair' && stuck.length === 1 && one !== undefined) {
    const name = nodeName(measured, one.node);
    return place.direction === 'forward' && directionSeen && place.b === one.node
      ? routesMissing(name, nodeName(measured, place.a))
      : `consistent with ${name} passing nothing on for its pods: ${FORWARDING}`;
  }
  if (place.kind === 'pair' && nodesOfPlace(place).every((node) => reachesOthers(measured, place, node)))
    return 'both exchange packets with pods on other nodes: consistent with a route, a neighbour’s or a forwarding entry for this one peer that is wrong, or a filter for its addresses';
  const shares = around.length === 0 ? [everyNode] : around.flatMap(({ into, from }) => [into, from]);
  if (shares.includes('all') && shares.every((one) => one === 'all' || one === 'unknown')) {
    const wrong = measured.route?.kind === 'routed' && directionSeen ? wrongRoutes(measured, place) : undefined;
    if (wrong !== undefined) return `the nodes reach each other: consistent with ${wrong}`;
    return `the nodes reach each other: consistent with ${carrier} being blocked or broken there`;
  }
  return `consistent with ${carrier} being blocked or broken, or with filters on the nodes`;
}

/** Whether a node of a pair exchanges packets with pods of a third node. */
function reachesOthers(measured: Measured, place: Extract<Place, { kind: 'pair' }>, node: number): boolean {
  const pair = nodesOfPlace(place);
  const third = (other: number): boolean => !pair.includes(other);
  const ok = (from: (cell: Cell) => boolean): boolean =>
    measured.cells.some((cell) => acrossNodes(cell) && from(cell) && stateOf(cell) === 'ok');
  return ok((cell) => cell.from === node && third(cell.to)) && ok((cell) => cell.to === node && third(cell.from));
}

/** Where a route may be missing, for a direction that was seen on a network that routes pod addresses. */
function wrongRoutes(measured: Measured, place: Place): string | undefined {
  const name = (node: number): string => nodeName(measured, node);
  const filter = 'or with a filter there';
  if (place.kind === 'pair' && place.direction === 'forward')
    return `a route to the pods of ${name(place.b)} that is missing or wrong on ${name(place.a)}, ${filter}`;
  if (place.kind === 'node' && place.direction === 'from')
    return `routes to the other nodes’ pods that are missing or wrong on ${name(place.node)}, ${filter}`;
  if (place.kind === 'node' && place.direction === 'into')
    return `routes to the pods of ${name(place.node)} that are missing or wrong on the other nodes, or with a filter on ${name(place.node)}`;
  return undefined;
}

const routesMissing = (of: string, on: string): string =>
  `consistent with routes to the pods of ${of} that are missing on ${on}: what those pods send arrives there, and no answer finds back`;

const FORWARDING = 'forwarding switched off (net.ipv4.ip_forward), or a filter on forwarded packets';

function consistentWithMtu(measured: Measured, network: ClusterNetwork): string {
  const { overheadBytes } = network.reading.datapath;
  const mtu = measured.nodes.find((node) => node.mtu !== undefined)?.mtu;
  const adds =
    overheadBytes === undefined ? '' : `; ${network.reading.title} adds ${overheadBytes} bytes to each packet`;
  return `consistent with an MTU on the way that is smaller than the pods’ own (${mtu ?? 'unknown'} bytes), and no ICMP message that says so${adds}`;
}
