/** The verdict on each promise, with counts and evidence, out of the cells of the matrix. */
import { podAddressShared } from '../checks/podAddressShared.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { PolicyAnswer } from '../policy/evaluate.js';
import { capped, describeCell } from './cellWords.js';
import { acrossNodes, type Cell, type CellState, stateOf } from './matrix.js';
import { describeNat, type NatClass, tellsOfNat } from './nat.js';
import { probePod } from './probePodEnds.js';
import type { PromiseId, Verdict } from './promise.js';
import type { CountedVerdict, Measured, NamedCulprit } from './verification.js';

function counted(
  promise: PromiseId,
  scope: string,
  verdict: Verdict,
  evidence: readonly string[],
  counts: { kept?: number; broken?: number; blocked?: number; unknown?: number } = {},
): CountedVerdict {
  const { kept = 0, broken = 0, blocked = 0, unknown = 0 } = counts;
  return { promise, scope, verdict, evidence, kept, broken, blocked, unknown };
}

const notTried = (measured: Measured): string[] => [
  ...measured.nodes
    .filter((node) => node.notProbed !== '')
    .map((node) => `${node.name} could not be tried: ${node.notProbed}`),
  ...measured.untried,
];

/** Nodes on which no second pod was tried though on others one was. In a large cluster there is none, by plan. */
function withoutPeer(measured: Measured, cells: readonly Cell[]): string[] {
  const tried = new Set(measured.cells.filter((cell) => cell.role === 'peer').map((cell) => cell.from));
  if (tried.size === 0 || cells.length === 0) return [];
  return measured.nodes
    .filter((node, index) => node.notProbed === '' && !tried.has(index))
    .map((node) => `between pods of ${node.name} nothing was tried: its second probe pod did not start`);
}

/** Addresses of all pods that the inventory has, and those of the probe pods. `shared`: of pods that were tried, in words. */
export function judgeAddresses(network: ClusterNetwork, shared: readonly string[]): CountedVerdict {
  const { pods, gaps } = network.facts;
  const found = podAddressShared.run(network);
  const of = (severity: string) => found.filter((one) => one.severity === severity).map((one) => one.message);
  const sentences = [...shared, ...of('error')];
  let kept = 0;
  for (const row of pods.rows()) {
    if (pods.ownsAddresses(row) && !pods.terminating(row)) kept += pods.ips(row).length;
  }
  const say = (verdict: Verdict, evidence: readonly string[], more = {}): CountedVerdict =>
    counted('uniqueAddress', '', verdict, evidence, { kept, ...more });
  if (sentences.length > 0) return say('violated', capped(sentences), { broken: sentences.length });
  const doubts = of('warning');
  if (doubts.length > 0) return say('inconclusive', capped(doubts), { unknown: doubts.length });
  if (gaps.some((gap) => gap.resource === 'pods')) return say('inconclusive', ['not all pods could be read']);
  return say('holds', [`${kept} addresses of pods, none of them twice`]);
}

/** What NetworkPolicies say of a measurement between probe pods. */
const policyOf = ({ probePolicy }: Measured, { measure }: Cell): PolicyAnswer =>
  measure === 'udp' || measure === 'udp-large' ? probePolicy.udp : probePolicy.tcp;

/** Whether a solution may enforce policies: unless it is known that none does. */
const mayEnforce = (network: ClusterNetwork): boolean => network.reading.datapath.enforcesPolicies !== false;

/**
 * Whether a failure between probe pods is one that a NetworkPolicy asks for. A policy lets everything or nothing of a kind
 * through: what is lost at times, or fails in full size only, or is answered by another host, failed by something else.
 */
export const isDenied = (measured: Measured, network: ClusterNetwork, cell: Cell): boolean =>
  mayEnforce(network) &&
  stateOf(cell) === 'broken' &&
  (cell.measure === 'tcp' || cell.measure === 'udp') &&
  policyOf(measured, cell).kind === 'denied';

/** Why a failure between probe pods may be a policy's doing though none is known to deny it; in words. */
function doubtsOf(measured: Measured, network: ClusterNetwork, cells: readonly Cell[]): string[] {
  if (!mayEnforce(network)) return [];
  const dropped = cells.filter(
    (cell) => stateOf(cell) === 'broken' && (cell.measure === 'tcp' || cell.measure === 'udp'),
  );
  if (dropped.length === 0) return [];
  const reasons = dropped.flatMap((cell) => {
    const policy = policyOf(measured, cell);
    return policy.kind === 'unknown' ? policy.reasons : [];
  });
  return [...new Set([...reasons, ...measured.otherPolicies])];
}

/** Reachability between probe pods, across nodes or on each node. ICMP does not count: networks may drop it on purpose. */
export function judgeReach(
  measured: Measured,
  network: ClusterNetwork,
  cells: readonly Cell[],
  shared: readonly string[],
  scope: 'across nodes' | 'on one node',
  culprits: readonly NamedCulprit[],
): CountedVerdict {
  const own = cells.filter(
    (cell) =>
      cell.measure !== 'icmp' &&
      (scope === 'across nodes' ? acrossNodes(cell) : cell.role === 'peer' && cell.source === 'pod'),
  );
  const by = (...states: CellState[]) => own.filter((cell) => states.includes(stateOf(cell)));
  const kept = by('ok');
  const failed = by('broken', 'misdirected', 'lossy');
  const denied = failed.filter((cell) => isDenied(measured, network, cell));
  const broken = failed.filter((cell) => !denied.includes(cell));
  const unknown = by('unknown');
  const missing = [...notTried(measured), ...(scope === 'on one node' ? withoutPeer(measured, own) : [])];
  const say = (verdict: Verdict, evidence: readonly string[]): CountedVerdict =>
    counted('podToPod', scope, verdict, evidence, {
      kept: kept.length,
      broken: broken.length,
      blocked: denied.length,
      unknown: unknown.length + shared.length,
    });
  const describe = (some: readonly Cell[]): string[] => capped(some.map((cell) => describeCell(cell, measured)));
  if (broken.length > 0) {
    const words = culprits.filter(({ culprit }) => culprit.trouble !== 'translated').map((one) => one.words);
    const doubts = doubtsOf(measured, network, broken);
    return doubts.length > 0 && broken.every((cell) => stateOf(cell) === 'broken')
      ? say('inconclusive', [
          ...words,
          ...doubts.map((doubt) => `a policy may be meant: ${doubt}`),
          ...describe(broken),
        ])
      : say('violated', [...words, ...describe(broken), ...missing, ...shared]);
  }
  if (denied.length > 0) {
    const denials = [...new Set(denied.flatMap((cell) => denialsOf(policyOf(measured, cell))))];
    const protocols = new Set(denied.map((cell) => cell.measure));
    // Probe pods are alike to a policy: one that is enforced lets none of them through.
    if (kept.some((cell) => protocols.has(cell.measure)))
      return say('inconclusive', [
        ...denials,
        'yet some of these measurements were answered: the policy is not enforced everywhere, or something else drops what failed',
        ...describe(denied),
      ]);
    return say('blockedByPolicy', [...denials, ...describe(denied)]);
  }
  const open = describe(unknown);
  if (kept.length === 0) {
    if (shared.length > 0)
      return say('inconclusive', [...shared, 'a connection to an address of one’s own need not leave the pod']);
    if (measured.nodes.length < 2 && scope === 'across nodes') return say('notRun', ['there is only one node']);
    return say('notRun', missing.length > 0 ? [...missing, ...open] : ['nothing could be measured', ...open]);
  }
  const paths = new Set(kept.map((cell) => `${cell.from} ${cell.to}`)).size;
  const fact = `${kept.length} measurements on ${paths} ${paths === 1 ? 'path' : 'paths'}, all of them answered`;
  const gaps = [...missing, ...shared, ...open];
  return gaps.length > 0 ? say('inconclusive', [...gaps, fact]) : say('holds', [fact]);
}

const denialsOf = (policy: PolicyAnswer): string[] =>
  policy.kind === 'denied' ? policy.denials.map(({ why }) => why) : [];

/** Pods that were there already, each tried from a few nodes: policies may be meant for them. */
export function judgeExisting(
  measured: Measured,
  network: ClusterNetwork,
  shared: ReadonlySet<Cell>,
): CountedVerdict[] {
  if (measured.existing.length === 0) return [];
  const evidence: string[] = [];
  let [kept, broken, blocked, unknown] = [0, 0, 0, 0];
  for (const pod of measured.existing) {
    const all = measured.cells.filter((cell) => cell.role === 'existing' && cell.name === pod.name);
    const cells = all.filter((cell) => !shared.has(cell));
    unknown += all.length - cells.length;
    const [doubtful] = all.filter((cell) => shared.has(cell));
    if (doubtful !== undefined)
      evidence.push(`${pod.name}: another pod has its address ${doubtful.address} too, and may have answered`);
    // ICMP is tried where a pod declares no port; its silence proves nothing.
    const states = cells.map((cell) =>
      cell.measure === 'icmp' && stateOf(cell) === 'broken' ? 'unknown' : stateOf(cell),
    );
    kept += states.filter((state) => state === 'ok').length;
    const silent = cells.filter((cell, index) => states[index] === 'unknown' && cell.measure !== 'icmp');
    evidence.push(...silent.slice(0, 2).map((cell) => describeCell(cell, measured)));
    unknown += states.filter((state) => state === 'unknown').length;
    const bad = cells.filter((_, index) => ['broken', 'lossy', 'misdirected'].includes(states[index] ?? ''));
    if (bad.length === 0) continue;
    const details = bad.slice(0, 2).map((cell) => describeCell(cell, measured));
    const others = mayEnforce(network) ? [...measured.otherPolicies, ...pod.otherPolicies] : [];
    const alike = bad.every((cell) => probePodsFail(measured, network, cell));
    const node = measured.nodes[pod.node];
    if (node !== undefined && node.notProbed !== '') {
      unknown += bad.length;
      evidence.push(
        ...details.map((line) => `${line} – and on ${node.name} nothing could be tried, so it may run no longer`),
      );
    } else if (pod.policy.kind === 'denied' && mayEnforce(network)) {
      blocked += bad.length;
      evidence.push(...denialsOf(pod.policy), ...details);
    } else if (others.length > 0) {
      unknown += bad.length;
      evidence.push(...new Set(others.map((other) => `a policy may be meant: ${other}`)), ...details);
    } else if (alike) {
      broken += bad.length;
      evidence.push(...details.map((line) => `${line} – as the probe pods of these nodes do not either`));
    } else if (mayEnforce(network)) {
      unknown += bad.length;
      evidence.push(
        ...(pod.policy.kind === 'unknown' ? pod.policy.reasons : []),
        ...details.map(
          (line) =>
            `${line} – though the probe pods of these nodes reach each other: the pod may be broken, or a policy of another kind than NetworkPolicy may be meant for it`,
        ),
      );
    } else if (states.includes('ok')) {
      broken += bad.length;
      evidence.push(...details.map((line) => `${line} – though probe pods of other nodes reach it`));
    } else {
      unknown += bad.length;
      evidence.push(
        ...details.map(
          (line) =>
            `${line} – though the probe pods of these nodes reach each other: it is reached from nowhere, so the pod itself may be broken`,
        ),
      );
    }
  }
  const verdict: Verdict =
    broken > 0
      ? 'violated'
      : blocked > 0
        ? 'blockedByPolicy'
        : evidence.length > 0
          ? 'inconclusive'
          : kept > 0
            ? 'holds'
            : 'notRun';
  const fact = `${measured.existing.length} pods tried, ${kept} measurements answered`;
  const said = evidence.length > 0 ? capped([...new Set(evidence)]) : [fact];
  return [counted('podToPod', 'pods that were there already', verdict, said, { kept, broken, blocked, unknown })];
}

/** Whether the probe pods fail on the same path, and not by a policy, so that the pod itself is not what is wrong. */
const probePodsFail = (measured: Measured, network: ClusterNetwork, cell: Cell): boolean =>
  measured.cells.some(
    (other) =>
      other.source === 'pod' &&
      (other.role === 'pod' || other.role === 'peer') &&
      other.from === cell.from &&
      other.to === cell.to &&
      (stateOf(other) === 'broken' || stateOf(other) === 'lossy') &&
      !isDenied(measured, network, other),
  );

export function judgeNat(
  measured: Measured,
  cells: readonly Cell[],
  nats: ReadonlyMap<Cell, NatClass | undefined>,
  shared: readonly string[],
): CountedVerdict {
  const own = cells.filter((cell) => cell.source === 'pod' && (cell.role === 'pod' || cell.role === 'peer'));
  const known = own.flatMap((cell) => {
    const nat = nats.get(cell);
    return nat === undefined || !tellsOfNat(nat) ? [] : [{ cell, nat }];
  });
  const pathOf = (cell: Cell): string => [cell.from, cell.to, cell.role, cell.family].join(' ');
  const seen = new Set(known.map(({ cell }) => pathOf(cell)));
  const unseen = new Set(own.map(pathOf).filter((path) => !seen.has(path))).size;
  const translated = known.filter(({ nat }) => nat.kind !== 'preserved');
  const kept = known.length - translated.length;
  if (translated.length > 0) {
    const sentences = translated.map(({ cell, nat }) =>
      describeNat(cell.seenSource, nat, probePod(measured, cell.from), probePod(measured, cell.to)),
    );
    return counted('withoutNat', '', 'violated', capped([...new Set(sentences)]), { kept, broken: translated.length });
  }
  if (known.length === 0) return counted('withoutNat', '', 'notRun', ['no target said which source address it saw']);
  const missing = [
    ...notTried(measured),
    ...shared,
    ...(unseen === 0
      ? []
      : [`on ${unseen} of ${unseen + seen.size} paths no target could say which source address it saw`]),
  ];
  const fact = `${known.length} measurements, in all of them the target saw the source’s own address`;
  return counted('withoutNat', '', missing.length > 0 ? 'inconclusive' : 'holds', [...missing, fact], {
    kept,
    unknown: unseen,
  });
}

/** The kubelet's own requests to the probe pods, its readiness probes: agents of a node reaching the pods on it. */
export function judgeKubelet(measured: Measured): CountedVerdict {
  const by = (state: string) => measured.nodes.filter((node) => node.kubelet.state === state);
  const [reached, failed, unknown] = [by('reached'), by('failed'), by('unknown')];
  const say = (verdict: Verdict, evidence: readonly string[]): CountedVerdict =>
    counted('nodeToLocalPod', '', verdict, evidence, {
      kept: reached.length,
      broken: failed.length,
      unknown: unknown.length,
    });
  if (failed.length > 0)
    return say(
      'violated',
      capped(
        failed.map((node) => `the kubelet of ${node.name} does not reach the probe pod there: ${node.kubelet.words}`),
      ),
    );
  const missing = [
    ...unknown.map((node) => `${node.name} could not be tried: ${node.notProbed || node.kubelet.words}`),
    ...measured.untried,
  ];
  if (reached.length === 0) return say('notRun', missing.length > 0 ? missing : ['no probe pod was started']);
  const fact = `the kubelets of ${reached.length} nodes reach the probe pods there (their readiness probes are answered)`;
  return say(missing.length > 0 ? 'inconclusive' : 'holds', [...missing, fact]);
}

/** Pods to nodes, and nodes to pods on other nodes: useful, and nobody's promise. */
export function judgeUnpromised(measured: Measured, cells: readonly Cell[]): CountedVerdict[] {
  const one = (promise: PromiseId, own: readonly Cell[]): CountedVerdict[] => {
    if (own.length === 0) return [];
    const broken = own.filter((cell) => stateOf(cell) === 'broken');
    const kept = own.filter((cell) => stateOf(cell) === 'ok').length;
    const fact = `${kept} of ${own.length} measurements were answered`;
    const details = capped(broken.map((cell) => describeCell(cell, measured)));
    return [counted(promise, '', 'notPromised', [fact, ...details], { kept, broken: broken.length })];
  };
  const across = cells.filter((cell) => cell.from !== cell.to && cell.measure !== 'icmp');
  return [
    ...one(
      'podToNode',
      across.filter((cell) => cell.source === 'pod' && cell.role === 'node'),
    ),
    ...one(
      'nodeToRemotePod',
      across.filter((cell) => cell.source === 'host' && cell.role === 'pod'),
    ),
  ];
}
