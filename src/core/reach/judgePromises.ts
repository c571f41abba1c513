/** The verdict on each promise, with counts and evidence, out of the cells of the matrix. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { capped, describeCell } from './cellWords.js';
import { acrossNodes, type Cell, type CellState, stateOf } from './matrix.js';
import { describeNat, type NatClass } from './nat.js';
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

const notTried = (measured: Measured): string[] =>
  measured.nodes
    .filter((node) => node.notProbed !== '')
    .map((node) => `${node.name} could not be tried: ${node.notProbed}`);

/** Addresses of all pods that the inventory has, and those of the probe pods. */
export function judgeAddresses(network: ClusterNetwork, shared: readonly string[]): CountedVerdict {
  const { pods, gaps } = network.facts;
  const owners = new Map<string, string[]>();
  for (const row of pods.rows()) {
    if (!pods.ownsAddresses(row)) continue;
    for (const ip of pods.ips(row)) {
      const key = `${pods.network(row)} ${ip}`;
      const list = owners.get(key);
      const name = `pod ${pods.namespace(row)}/${pods.name(row)}`;
      if (list === undefined) owners.set(key, [name]);
      else list.push(name);
    }
  }
  const twice = [...owners].filter(([, names]) => names.length > 1);
  const sentences = [
    ...shared,
    ...twice.map(
      ([key, names]) => `${names.slice(0, 4).join(' and ')} have one address, ${key.slice(key.indexOf(' ') + 1)}`,
    ),
  ];
  const kept = owners.size - twice.length;
  if (sentences.length > 0)
    return counted('uniqueAddress', '', 'violated', capped(sentences), { broken: sentences.length, kept });
  if (gaps.some((gap) => gap.resource === 'pods'))
    return counted('uniqueAddress', '', 'inconclusive', ['not all pods could be read'], { kept });
  return counted('uniqueAddress', '', 'holds', [`${kept} addresses of pods, none of them twice`], { kept });
}

/** Reachability between probe pods, across nodes or on each node. ICMP does not count: networks may drop it on purpose. */
export function judgeReach(
  measured: Measured,
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
  const broken = by('broken', 'misdirected', 'lossy');
  const unknown = by('unknown');
  const missing = notTried(measured);
  const counts = { kept: kept.length, broken: broken.length, unknown: unknown.length + shared.length };
  const details = capped(broken.map((cell) => describeCell(cell, measured)));
  const open = capped(unknown.map((cell) => describeCell(cell, measured)));
  const say = (verdict: Verdict, evidence: readonly string[], more = counts): CountedVerdict =>
    counted('podToPod', scope, verdict, evidence, more);
  const { probePolicy } = measured;
  if (broken.length > 0) {
    if (probePolicy.kind === 'denied')
      return counted('podToPod', scope, 'blockedByPolicy', [...probePolicy.denials.map(({ why }) => why), ...details], {
        ...counts,
        broken: 0,
        blocked: broken.length,
      });
    const words = culprits.filter(({ culprit }) => culprit.trouble !== 'translated').map((one) => one.words);
    if (probePolicy.kind === 'unknown' && probePolicy.policies.length > 0)
      return say('inconclusive', [...probePolicy.reasons, ...words, ...details]);
    return say('violated', [...words, ...details, ...missing, ...shared]);
  }
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

/** Pods that were there already, each tried from a few nodes: policies may be meant for them. */
export function judgeExisting(measured: Measured, network: ClusterNetwork): CountedVerdict[] {
  if (measured.existing.length === 0) return [];
  const evidence: string[] = [];
  let [kept, broken, blocked, unknown] = [0, 0, 0, 0];
  for (const pod of measured.existing) {
    const cells = measured.cells.filter((cell) => cell.role === 'existing' && cell.name === pod.name);
    // ICMP is tried where a pod declares no port; its silence proves nothing.
    const states = cells.map((cell) =>
      cell.measure === 'icmp' && stateOf(cell) === 'broken' ? 'unknown' : stateOf(cell),
    );
    kept += states.filter((state) => state === 'ok').length;
    unknown += states.filter((state) => state === 'unknown').length;
    const bad = cells.filter((_, index) => ['broken', 'lossy', 'misdirected'].includes(states[index] ?? ''));
    if (bad.length === 0) continue;
    const details = bad.slice(0, 2).map((cell) => describeCell(cell, measured));
    if (pod.policy.kind === 'denied') {
      blocked += bad.length;
      evidence.push(...pod.policy.denials.map((denial) => denial.why), ...details);
    } else if (bad.every((cell) => probePodsFail(measured, cell))) {
      broken += bad.length;
      evidence.push(...details.map((line) => `${line} – as the probe pods of these nodes do not either`));
    } else if (pod.policy.kind === 'unknown' || network.reading.datapath.enforcesPolicies !== false) {
      unknown += bad.length;
      evidence.push(
        ...details.map(
          (line) =>
            `${line} – though the probe pods of these nodes reach each other: the pod may be broken, or a policy of another kind than NetworkPolicy may be meant for it`,
        ),
      );
    } else {
      broken += bad.length;
      evidence.push(...details.map((line) => `${line} – though the probe pods of these nodes reach each other`));
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
  const said = evidence.length > 0 ? capped(evidence) : [fact];
  return [counted('podToPod', 'pods that were there already', verdict, said, { kept, broken, blocked, unknown })];
}

/** Whether the probe pods fail on the same path, so that the pod itself is not what is wrong. */
const probePodsFail = (measured: Measured, cell: Cell): boolean =>
  measured.cells.some(
    (other) =>
      other.source === 'pod' &&
      (other.role === 'pod' || other.role === 'peer') &&
      other.from === cell.from &&
      other.to === cell.to &&
      stateOf(other) === 'broken',
  );

export function judgeNat(
  measured: Measured,
  cells: readonly Cell[],
  nats: ReadonlyMap<Cell, NatClass | undefined>,
): CountedVerdict {
  const known = cells.flatMap((cell) => {
    const nat = nats.get(cell);
    return nat === undefined || nat.kind === 'unreadable' ? [] : [{ cell, nat }];
  });
  const translated = known.filter(({ nat }) => nat.kind !== 'preserved');
  const kept = known.length - translated.length;
  if (translated.length > 0) {
    const sentences = translated.map(({ cell, nat }) =>
      describeNat(cell.seenSource, nat, probePod(measured, cell.from), probePod(measured, cell.to)),
    );
    return counted('withoutNat', '', 'violated', capped([...new Set(sentences)]), { kept, broken: translated.length });
  }
  if (known.length === 0) return counted('withoutNat', '', 'notRun', ['no target said which source address it saw']);
  const missing = notTried(measured);
  const fact = `${known.length} measurements, in all of them the target saw the source’s own address`;
  return counted('withoutNat', '', missing.length > 0 ? 'inconclusive' : 'holds', [...missing, fact], { kept });
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
  const missing = unknown.map((node) => `${node.name} could not be tried: ${node.notProbed}`);
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
