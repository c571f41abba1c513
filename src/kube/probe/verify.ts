/**
 * Verify Network Model: probe pods on every node, one exec session a node that tries all of its targets from inside the
 * cluster, a second round for what failed, and everything taken away again.
 *
 * Answers with a report whatever happens. Once the first object was made, cleaning up runs to its end, cancelled or not.
 */
import type { ClusterNetwork } from '../../core/network/clusterNetwork.js';
import { type NodeFacts, readinessOf } from '../../core/network/facts.js';
import { evaluatePolicies, type PolicyAnswer, type PolicyPod, strictest } from '../../core/policy/evaluate.js';
import type { PodEndpoint } from '../../core/reach/endpoint.js';
import { judgeVerification } from '../../core/reach/judge.js';
import { type Cell, type MatrixNode, stateOf } from '../../core/reach/matrix.js';
import { missingRights } from '../../core/reach/plan.js';
import { predictRoute } from '../../core/reach/route.js';
import type {
  EarlierPath,
  Judgement,
  Measured,
  VerifyOptions,
  VerifyPlan,
  VerifyProgress,
  VerifyReport,
} from '../../core/reach/verification.js';
import { KubeError, type KubeErrorKind } from '../errors.js';
import type { ProbeContext } from './context.js';
import { choosePods, type ChosenPod, type ExistingTarget, goneSince, readExisting } from './existingPods.js';
import { planEarlier, tryEarlier } from './earlier.js';
import { begin, type Cleanup, end, findAllOurs, isStale, type Leftover } from './lifecycle.js';
import { daemonSet, nameOf, podLabelsOf, portsOf, type Role, type Run } from './manifests.js';
import { canonical, parsedAddresses, readPolicies } from './objects.js';
import type { Planned } from './plannedRuns.js';
import { eventsOf, isUsable, podsNow, type ProbePod, READY_GRACE_MS, settling, waitForPods } from './probePods.js';
import { mayConcern, readOtherPolicies } from './otherPolicies.js';
import { DAEMON_SETS } from './resources.js';
import { firstRound, merge, type Placed, secondRound, unconfirmed, withoutPods } from './rounds.js';
import { Sessions } from './sessions.js';
import { newRun, nodesToTry, planVerification, lifetimeSeconds, rolesOf, startLimitMs } from './verifyPlan.js';

/** For the server's answer to one creation; admission may be slow. */
const CREATION_LIMIT_MS = 30_000;
/** How long no further pod may be made before those that are missing are given up: a quota, or an admission that says no. */
const MAKING_GRACE_MS = 20_000;

/** Makes the plan, which can then be run once. Throws a `KubeError` when the cluster cannot be asked. */
export async function prepareVerification(
  context: ProbeContext,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<Planned<VerifyPlan, VerifyReport, VerifyProgress>> {
  const network = context.network();
  if (network === undefined) throw new KubeError('invalid', 'the cluster has not been read yet');
  const run = newRun(options, context.access.namespace, lifetimeSeconds(nodesToTry(network).nodes.length));
  // Chosen before the probe pods are there: the model is a living one.
  const chosen = options.existingPods === false ? [] : choosePods(network, nodesToTry(network).nodes);
  const plan = await planVerification(context, network, run, options, chosen, signal);
  return {
    plan,
    run: (onProgress, stop) =>
      new Verification({ context, network, run, plan, options, chosen, onProgress }).execute(stop),
  };
}

interface Parts {
  readonly context: ProbeContext;
  readonly network: ClusterNetwork;
  readonly run: Run;
  readonly plan: VerifyPlan;
  readonly options: VerifyOptions;
  readonly chosen: readonly ChosenPod[];
  readonly onProgress: (progress: VerifyProgress) => void;
}

const NOTHING: Judgement = { promises: [], culprits: [], findings: [], notes: [] };
const NOT_EVALUATED: PolicyAnswer = { kind: 'unknown', reasons: ['NetworkPolicies were not evaluated'], policies: [] };

class Verification {
  readonly #parts: Parts;
  readonly #startedAt = new Date();
  readonly #phases: { name: string; ms: number }[] = [];
  readonly #nodes: readonly NodeFacts[];
  readonly #roles: readonly Role[];
  readonly #sessions: Sessions;
  #placed: readonly Placed[] = [];
  #matrixNodes: readonly MatrixNode[] = [];
  #cells: readonly Cell[] = [];
  #existing: readonly ExistingTarget[] = [];
  #transient: readonly string[] = [];
  #largest: Measured['largest'] = [];
  #probePolicy: Measured['probePolicy'] = { tcp: NOT_EVALUATED, udp: NOT_EVALUATED };
  #otherPolicies: readonly string[] = [];
  #earlier: readonly EarlierPath[] = [];
  /** Whether what failed was tried again. */
  #isConfirmed = false;
  #judgement: Judgement = NOTHING;
  /** From here on something of this run may be in the cluster. */
  #mayBeLeft = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#nodes = nodesToTry(parts.network).nodes;
    this.#roles = rolesOf(parts.options, this.#nodes.length);
    this.#sessions = new Sessions(parts.context, parts.run.namespace);
  }

  async execute(signal: AbortSignal): Promise<VerifyReport> {
    const { plan, run, context, onProgress } = this.#parts;
    const missing = missingRights(plan.rights);
    if (missing.length > 0) return this.#report(`rights are missing: ${missing.join(', ')}`, undefined);
    if (plan.rejected !== '') return this.#report(`the server does not let probe pods in: ${plan.rejected}`, undefined);
    const others = (await findAllOurs(context.api, run.namespace, signal)).filter((one) => !isStale(one, Date.now()));
    if (others.length > 0) return this.#report(busyWith(others), undefined);
    let stopped = '';
    try {
      await this.#measure(signal);
    } catch (error) {
      stopped = signal.aborted ? 'cancelled' : stoppedBy(error);
    }
    if (!this.#isConfirmed) this.#cells = this.#cells.map(unconfirmed);
    // Before the probe pods are taken away: whose address is whose is looked up in the living model.
    if (this.#cells.length > 0 || stopped === '')
      this.#judgement = judgeVerification(this.#measured(), this.#parts.network);
    if (!this.#mayBeLeft) return this.#report(stopped, undefined);
    onProgress({ step: 'cleaning' });
    const cleanup = await end(context.api, run);
    this.#phases.push({ name: 'cleaning up', ms: cleanup.ms });
    return this.#report(stopped, cleanup);
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { plan, onProgress } = this.#parts;
    const earlier = planEarlier(this.#parts.chosen);
    if (earlier.length > 0) {
      onProgress({ step: 'before', paths: earlier.length });
      await this.#phase('trying what is there', async () => {
        this.#earlier = await tryEarlier(this.#parts.context, this.#parts.chosen, signal);
      });
    }
    this.#mayBeLeft = true;
    await this.#phase('creating', () => this.#create(signal));
    await this.#phase('starting', () => this.#start(signal));
    await this.#phase('reading policies', () => this.#readPolicies(signal));
    const wanted = firstRound(this.#placed, plan.coverage, this.#existing);
    await this.#phase('probing', async () => {
      const { cells, mtus } = await this.#sessions.run(
        wanted,
        (done, sessions) => onProgress({ step: 'probing', done, sessions }),
        signal,
      );
      this.#cells = cells;
      this.#matrixNodes = this.#matrixNodes.map((node, index) => ({ ...node, mtu: mtus.get(index) }));
    });
    const failed = [...this.#cells, ...this.#earlier.flatMap(({ cells }) => cells)];
    if (failed.some((cell) => stateOf(cell) === 'broken')) await this.#readOtherPolicies(signal);
    const again = secondRound(this.#cells, wanted, this.#placed, plan.coverage);
    this.#isConfirmed = again.length === 0;
    if (this.#isConfirmed) return;
    await this.#phase('confirming', async () => {
      onProgress({ step: 'confirming', paths: again.length });
      const { cells, sizes } = await this.#sessions.run(again, () => undefined, signal);
      const { cells: merged, recovered } = merge(this.#cells, cells);
      this.#cells = merged;
      this.#largest = sizes;
      this.#transient = [...new Set(recovered.map((cell) => this.#recovery(cell)))];
      await this.#leaveOutTheGone(signal);
      this.#isConfirmed = true;
    });
  }

  /** Pods may be evicted, deleted or done while they are tried: what failed then is no failure of the network. */
  async #leaveOutTheGone(signal: AbortSignal): Promise<void> {
    const { context, run } = this.#parts;
    const now = await podsNow(context.api, run, signal);
    const there = new Set(now.filter(isUsable).map((pod) => pod.uid));
    const gone = new Set(
      this.#placed
        .flatMap(({ probe, peer, host }) => [probe, peer, host])
        .flatMap((pod) => (pod === undefined || there.has(pod.uid) ? [] : [pod.name])),
    );
    const failed = new Set(
      this.#cells.flatMap((cell) => (cell.role === 'existing' && stateOf(cell) !== 'ok' ? [cell.name] : [])),
    );
    const ended = await goneSince(
      context,
      this.#existing.filter((one) => failed.has(one.name)),
      signal,
    );
    this.#existing = this.#existing.filter((one) => !ended.has(one.name));
    this.#cells = withoutPods(
      this.#cells.filter((cell) => !(cell.role === 'existing' && ended.has(cell.name))),
      this.#placed,
      (pod) => gone.has(pod),
    );
    this.#transient = [
      ...this.#transient,
      ...[...gone].map((pod) => `the probe pod ${pod} went away meanwhile: what concerns it is not known`),
      ...[...ended].map((pod) => `${pod} ended meanwhile, and is left out`),
    ];
  }

  #recovery(cell: Cell): string {
    const name = (node: number): string => this.#nodes[node]?.name ?? '';
    const to = cell.role === 'existing' ? cell.name : name(cell.to);
    return `${name(cell.from)} → ${to} did not answer every time at first, and did when it was tried again`;
  }

  /** A creation that was sent is waited for, cancelled or not: what the server is about to make could not be found and deleted. */
  async #create(signal: AbortSignal): Promise<void> {
    const { context, run, onProgress } = this.#parts;
    onProgress({ step: 'creating', object: `Job ${nameOf(run)}` });
    const owner = await begin(context.api, run, AbortSignal.timeout(CREATION_LIMIT_MS));
    signal.throwIfAborted();
    for (const role of this.#roles) {
      onProgress({ step: 'creating', object: `DaemonSet ${nameOf(run, role)}` });
      const sent = AbortSignal.timeout(CREATION_LIMIT_MS);
      await context.api.create(DAEMON_SETS, run.namespace, daemonSet(run, role, owner), sent);
      signal.throwIfAborted();
    }
  }

  /** Waits for the probe pods, and says of each node what became of its own. */
  async #start(signal: AbortSignal): Promise<void> {
    const { context, run, onProgress } = this.#parts;
    // Nodes that are not Ready, or no longer, may never start a pod: they are not waited for.
    const isSettled = settling();
    const wanted = this.#nodes.length * this.#roles.length;
    let [made, madeAt] = [0, Date.now()];
    const pods = await waitForPods(
      context.api,
      run,
      {
        enough: (now) => {
          const ready = this.#readyNow();
          const own = now.filter((pod) => ready.has(pod.node));
          if (own.length !== made) [made, madeAt] = [own.length, Date.now()];
          const complete = own.length >= ready.size * this.#roles.length;
          return own.every(isSettled) && (complete || Date.now() - madeAt > MAKING_GRACE_MS);
        },
        limitMs: startLimitMs(this.#nodes.length),
        graceMs: READY_GRACE_MS,
        onChange: (now) =>
          onProgress({ step: 'starting', ready: now.filter((pod) => pod.state === 'ready').length, wanted }),
      },
      signal,
    );
    const ready = this.#readyNow();
    const of = (node: string, role: Role) => pods.find((pod) => pod.node === node && pod.role === role);
    this.#placed = this.#nodes.map((node) => ({
      name: node.name,
      internalIPs: canonical(node.internalIPs.map((ip) => ip.text)),
      probe: of(node.name, 'probe'),
      peer: of(node.name, 'peer'),
      host: of(node.name, 'host'),
    }));
    this.#matrixNodes = await Promise.all(
      this.#placed.map((placed) => this.#describe(placed, ready.has(placed.name), signal)),
    );
    if (!this.#placed.some(({ probe }) => isUsable(probe)))
      throw new KubeError(
        'invalid',
        `no probe pod could be started: ${this.#matrixNodes[0]?.notProbed ?? 'there is no node to start one on'}`,
      );
  }

  /** The nodes of the plan that are Ready now, as the living model has it. */
  #readyNow(): ReadonlySet<string> {
    const { context, network } = this.#parts;
    const planned = new Set(this.#nodes.map((node) => node.name));
    const { nodes } = (context.network() ?? network).facts;
    return new Set(
      nodes.filter((node) => planned.has(node.name) && readinessOf(node) === 'Ready').map((node) => node.name),
    );
  }

  async #describe(placed: Placed, ready: boolean, signal: AbortSignal): Promise<MatrixNode> {
    const { context, run } = this.#parts;
    const { probe } = placed;
    const started = isUsable(probe);
    // Only the kubelet's own word tells that it failed: a pod may have started a moment ago, or its node be NotReady.
    const complaint =
      probe?.state === 'running' && ready
        ? (await eventsOf(context.api, run.namespace, probe, signal)).findLast((one) =>
            /^Unhealthy: .*readiness probe failed/i.test(one),
          )
        : undefined;
    return {
      name: placed.name,
      internalIPs: placed.internalIPs,
      podAddresses: started ? probe.addresses : [],
      pod: probe?.name ?? '',
      notProbed: started ? '' : ready ? await this.#whyNot(probe, signal) : 'the node is not Ready',
      ready,
      kubelet:
        probe?.state === 'ready'
          ? { state: 'reached', words: '' }
          : complaint !== undefined
            ? { state: 'failed', words: complaint }
            : { state: 'unknown', words: started ? 'its probe pod was not found ready in time' : '' },
      mtu: undefined,
    };
  }

  async #whyNot(pod: ProbePod | undefined, signal: AbortSignal): Promise<string> {
    const { context, run } = this.#parts;
    if (pod === undefined) {
      // A DaemonSet that makes no pod says why in its own events: a quota, an admission that says no.
      const events = await eventsOf(context.api, run.namespace, { name: nameOf(run, 'probe') }, signal);
      const why = events.at(-1);
      return `no probe pod was made for it${why === undefined ? '' : ` (${why})`}`;
    }
    if (pod.words !== '') return `its probe pod did not start: ${pod.words}`;
    const events = await eventsOf(context.api, run.namespace, pod, signal);
    return `its probe pod did not start: ${events.at(-1) ?? 'the server does not say why'}`;
  }

  async #readPolicies(signal: AbortSignal): Promise<void> {
    const { context, chosen, run } = this.#parts;
    const [source, target] = this.#policyPods();
    const policies = await readPolicies(context, [run.namespace], signal);
    const ports = portsOf('probe');
    const answer = (protocol: 'TCP' | 'UDP', port: number): PolicyAnswer =>
      evaluatePolicies(policies, source, target, { protocol, port });
    this.#probePolicy = {
      tcp: strictest(answer('TCP', ports.tcp), answer('TCP', ports.source)),
      udp: answer('UDP', ports.udp),
    };
    this.#existing = await readExisting(context, chosen, source, signal);
  }

  /** Policies of other kinds, where something failed that they may have blocked. */
  async #readOtherPolicies(signal: AbortSignal): Promise<void> {
    const { context, network, run } = this.#parts;
    if (network.reading.datapath.enforcesPolicies === false) return;
    const policies = await readOtherPolicies(context.api, signal);
    const probe = { namespace: run.namespace, labels: podLabelsOf(run, 'probe') };
    const concerning = (pod: Parameters<typeof mayConcern>[1]): string[] =>
      policies.filter((policy) => mayConcern(policy, pod)).map((policy) => policy.words);
    this.#otherPolicies = concerning(probe);
    // Whose labels were not read: a policy of any namespace may be meant for them.
    if (policies.length > 0) this.#earlier = [];
    this.#existing = this.#existing.map((one) => ({
      ...one,
      otherPolicies: concerning({ namespace: one.details.endpoint.namespace, labels: one.details.labels }),
    }));
  }

  /** Two probe pods as policies see them; all of them are alike but for their node. */
  #policyPods(): readonly [source: PolicyPod, target: PolicyPod] {
    const { network, run } = this.#parts;
    const pods = this.#placed.flatMap(({ probe, peer }) => [probe, peer]).filter(isUsable);
    const asPolicyPod = (pod: ProbePod | undefined, role: Role): PolicyPod => ({
      kind: 'pod',
      namespace: run.namespace,
      name: pod?.name ?? nameOf(run, role),
      node: '',
      labels: podLabelsOf(run, 'probe'),
      namespaceLabels: network.facts.namespaces.find((one) => one.name === run.namespace)?.labels,
      addresses: parsedAddresses(pod?.addresses ?? []),
      hostNetwork: false,
      ports: [],
    });
    return [asPolicyPod(pods[0], 'probe'), asPolicyPod(pods[1], 'peer')];
  }

  async #phase(name: string, work: () => Promise<void>): Promise<void> {
    const started = Date.now();
    try {
      await work();
    } finally {
      this.#phases.push({ name, ms: Date.now() - started });
    }
  }

  #report(stopped: string, cleanup: Cleanup | undefined): VerifyReport {
    return {
      ...this.#judgement,
      plan: this.#parts.plan,
      nodes: this.#matrixNodes,
      cells: this.#cells,
      stopped,
      phases: this.#phases,
      sessions: this.#sessions.count,
      left: (cleanup?.left ?? []).map((one) => `${one.kind} ${one.namespace}/${one.name}`),
      startedAt: this.#startedAt.toISOString(),
      durationMs: Date.now() - this.#startedAt.getTime(),
    };
  }

  #measured(): Measured {
    const { network, plan } = this.#parts;
    const [first, second] = this.#matrixNodes.filter((node) => node.notProbed === '');
    const route = first && second ? predictRoute(this.#endpoint(first), this.#endpoint(second), network) : undefined;
    const toNode =
      first && second
        ? predictRoute(
            this.#endpoint(first),
            { kind: 'node', name: second.name, addresses: second.internalIPs },
            network,
          )
        : undefined;
    return {
      namespace: plan.namespace,
      nodes: this.#matrixNodes,
      cells: this.#cells,
      coverage: plan.coverage,
      existing: this.#existing.map(({ name, node, policy, otherPolicies }) => ({ name, node, policy, otherPolicies })),
      probePolicy: this.#probePolicy,
      otherPolicies: this.#otherPolicies,
      earlier: this.#earlier,
      transient: this.#transient,
      untried: plan.leftOut.filter((one) => one.runsPods).map(({ node, why }) => `${node} was not tried: ${why}`),
      largest: this.#largest,
      route,
      masquerade: toNode?.masquerade,
    };
  }

  #endpoint(node: MatrixNode): PodEndpoint {
    return {
      kind: 'pod',
      namespace: this.#parts.run.namespace,
      name: node.pod,
      node: node.name,
      addresses: node.podAddresses,
      hostNetwork: false,
    };
  }
}

function busyWith(others: readonly Leftover[]): string {
  const first = others.find((one) => one.kind === 'Job') ?? others[0];
  const name = first === undefined ? '' : `${first.kind} ${first.namespace}/${first.name}, of ${first.createdAt}`;
  return `another run’s probe pods are in this cluster (${name}): it may still be going on, or have been killed. Wait for its end, or delete what it left (verify --sweep)`;
}

const AWAY: ReadonlySet<KubeErrorKind> = new Set(['unreachable', 'timeout', 'tls', 'protocol']);

function stoppedBy(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof KubeError && AWAY.has(error.kind) ? `the API server does not answer: ${text}` : text;
}
