/** How a pair is probed on a simulated cluster: which means is chosen, that nothing exists before a plan is run, and every way to fail. */
import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { readNetwork } from '../../../src/core/cni/index.js';
import type { ProbeOptions, ProbePlan, ProbeReport, ProbeRequest } from '../../../src/core/reach/report.js';
import { Api, limitsOf } from '../../../src/kube/api.js';
import { accessTo } from '../../../src/kube/kubeconfig/access.js';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import { selectContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { thisMachine } from '../../../src/kube/kubeconfig/surroundings.js';
import type { ProbeContext } from '../../../src/kube/probe/context.js';
import { prepareProbe } from '../../../src/kube/probe/pairPlan.js';
import { ToolCache } from '../../../src/kube/probe/toolCache.js';
import { Transport } from '../../../src/kube/transport.js';
import type { Rule } from '../../apiserver/access.js';
import type { ExecHandler } from '../../apiserver/exec.js';
import { at, isObject, textAt } from '../../apiserver/json.js';
import { ApiServer } from '../../apiserver/server.js';
import { facts, node } from '../../core/facts.js';
import { lectureFixed } from '../../scenarios/lectureFixed.js';

const LIMIT_MS = 60_000;

/** A limit for everything that is asked at the same time. */
function limit(): AbortSignal {
  const signal = AbortSignal.timeout(LIMIT_MS);
  setMaxListeners(0, signal);
  return signal;
}

class Probing {
  readonly server: ApiServer;
  readonly context: ProbeContext;
  constructor(server: ApiServer, context: ProbeContext) {
    this.server = server;
    this.context = context;
  }

  pod(app: string, node: string): { readonly namespace: string; readonly name: string } {
    const found = this.server
      .objects('pods')
      .find((pod) => pod.metadata.labels?.['app'] === app && textAt(pod, 'spec', 'nodeName') === node);
    return { namespace: 'shop', name: found?.metadata.name ?? '' };
  }

  request(source: string, target: string): ProbeRequest {
    return {
      source: this.pod(source, 'node1'),
      target: { kind: 'pod', ...this.pod(target, 'node2') },
      port: 8080,
      protocol: 'tcp',
    };
  }

  async plan(request: ProbeRequest, options: ProbeOptions = {}) {
    return await prepareProbe(this.context, request, options, limit());
  }

  /** Plans, and runs what is planned. */
  async probe(request: ProbeRequest, options: ProbeOptions = {}): Promise<{ plan: ProbePlan; report: ProbeReport }> {
    const planned = await this.plan(request, options);
    return { plan: planned.plan, report: await planned.run(() => undefined, limit()) };
  }

  /** Objects with our label, as `Kind name`. */
  get ours(): string[] {
    return ['jobs.batch', 'daemonsets.apps', 'pods'].flatMap((resource) =>
      this.server
        .objects(resource)
        .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'cluster-network-inspector')
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    );
  }

  /** Requests that may have changed something. */
  get writes(): string[] {
    return this.server.requests
      .filter(({ method, url }) => method !== 'GET' && !url.includes('dryRun=All') && !url.includes('/selfsubject'))
      .map(({ method, url }) => `${method} ${url}`);
  }
}

async function withProbing(
  body: (probing: Probing) => Promise<void>,
  { rules, model = {} }: { readonly rules?: readonly Rule[]; readonly model?: Parameters<typeof facts>[0] } = {},
): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-'));
  const cluster = lectureFixed.build({ now: new Date(), seed: 1, nodes: 0, pods: 0 });
  const server = await ApiServer.start({ cluster, timeScale: 0.05 });
  try {
    if (rules !== undefined) server.access.setUser({ name: 'tester', groups: [], token: 'token-of-tester', rules });
    const file = path.join(folder, 'config');
    writeFileSync(file, server.kubeconfig(rules === undefined ? {} : { user: 'tester' }));
    const selection = selectContext(await loadKubeconfig(file, thisMachine(), limit()));
    assert.ok(selection.ok);
    const access = accessTo(selection.selected, () => Promise.resolve(false));
    try {
      const api = new Api(new Transport(access, () => undefined), limitsOf(10));
      const network = readNetwork(facts(model));
      await body(
        new Probing(server, { access, api, network: () => network, tools: new ToolCache(), log: () => undefined }),
      );
    } finally {
      access.dispose();
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

const verdicts = ({ promises }: ProbeReport): string[] =>
  promises.map(({ promise, verdict }) => `${promise} ${verdict}`);
const rule = (verbs: readonly string[], resources: readonly string[], apiGroups: readonly string[] = ['']): Rule => ({
  verbs,
  resources,
  apiGroups,
});
const READS: readonly Rule[] = [
  rule(['get', 'list', 'watch'], ['pods', 'nodes', 'namespaces', 'services', 'events']),
  rule(['get', 'list'], ['networkpolicies'], ['networking.k8s.io']),
];

test('an image with a tool is probed from within: nothing is planned, nothing is created', () =>
  withProbing(async (probing) => {
    const { plan, report } = await probing.probe(probing.request('web', 'web'));
    assert.equal(plan.means, 'exec');
    assert.deepEqual([plan.objects, plan.rights, plan.remains, plan.lifetimeSeconds], [[], [], '', 0]);
    assert.match(plan.considered[0]?.why ?? '', /agnhost connect: nothing needs to be created/);
    assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report.promises));
    assert.deepEqual(probing.writes, []);
  }));

test('a distroless image is probed from an ephemeral container, and the plan says that it stays', () =>
  withProbing(async (probing) => {
    const request = probing.request('api', 'web');
    const planned = await probing.plan(request);
    const { plan } = planned;
    assert.equal(plan.means, 'ephemeral');
    assert.match(plan.considered[0]?.why ?? '', /no program to probe with/);
    assert.match(plan.remains, /stays in the spec of pod shop\/api-\w+ until that pod is deleted/);
    assert.deepEqual(probing.writes, [], 'a plan creates nothing');
    const report = await planned.run(() => undefined, limit());
    assert.equal(report.means, 'ephemeral');
    assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report));
    assert.equal(probing.writes.length, 1, probing.writes.join('\n'));
    assert.match(report.reproduce[0] ?? '', /^kubectl debug -n shop pod\/api-/);
    assert.match(plan.objects[0]?.manifest ?? '', /"allowPrivilegeEscalation": false/);
  }));

test('probe pods are those of the plan, pinned, under a deadline, and gone afterwards', () =>
  withProbing(async (probing) => {
    const planned = await probing.plan(probing.request('api', 'web'), { means: 'pods' });
    const { plan } = planned;
    assert.deepEqual(
      plan.objects.map(({ kind, name }) => `${kind} ${name}`),
      ['Job', 'Pod', 'Pod'].map(
        (kind, index) => `${kind} cluster-network-probe-${plan.run}${['', '-probe', '-peer'][index] ?? ''}`,
      ),
    );
    assert.ok(plan.rights.every(({ allowed }) => allowed));
    assert.deepEqual(probing.writes, []);
    let most: string[] = [];
    const report = await planned.run(() => {
      if (probing.ours.length > most.length) most = probing.ours;
    }, limit());
    assert.deepEqual(most.sort(), plan.objects.map(({ kind, name }) => `${kind} ${name}`).sort());
    assert.ok(verdicts(report).includes('podToPod holds'), JSON.stringify(report));
    assert.match(report.notes[0] ?? '', /beside pod shop\/api-/);
    assert.deepEqual([probing.ours, report.left], [[], []]);
  }));

test('from a node, a probe pod on its own network tries', () =>
  withProbing(async (probing) => {
    const request: ProbeRequest = {
      source: { kind: 'node', name: 'node1' },
      target: { kind: 'pod', ...probing.pod('web', 'node2') },
    };
    const { plan, report } = await probing.probe(request);
    assert.equal(plan.means, 'pods');
    assert.match(plan.objects[1]?.manifest ?? '', /"hostNetwork": true/);
    assert.equal(report.source?.kind, 'node');
    assert.ok(verdicts(report).includes('nodeToRemotePod notPromised'), JSON.stringify(report.promises));
    assert.deepEqual(probing.ours, []);
  }));

test('without the right to exec nothing can be done, and each right is named', () =>
  withProbing(
    async (probing) => {
      const planned = await probing.plan(probing.request('web', 'web'));
      assert.equal(planned.plan.means, undefined);
      const said = planned.plan.considered.map(({ means, why }) => `${means}: ${why}`);
      assert.match(said[0] ?? '', /^exec: .*create pods\/exec in namespace shop is missing/);
      assert.match(said[1] ?? '', /^ephemeral: rights are missing: patch pods\/ephemeralcontainers in namespace shop/);
      assert.match(said[2] ?? '', /^pods: rights are missing: create pods in namespace shop, .*create jobs\.batch/);
      await assert.rejects(() => planned.run(() => undefined, limit()), /it cannot be probed/);
      assert.deepEqual(probing.writes, []);
    },
    { rules: READS },
  ));

test('an admission that lets nothing in is told before anything is created', () =>
  withProbing(async (probing) => {
    const refused = 'violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)';
    probing.server.faults.inject('forbidden', { verb: 'create', plural: 'pods' });
    const request: ProbeRequest = {
      source: { kind: 'node', name: 'node1' },
      target: { kind: 'pod', ...probing.pod('web', 'node2') },
    };
    const { plan } = await probing.plan(request);
    assert.equal(plan.means, undefined, refused);
    assert.match(plan.considered.at(-1)?.why ?? '', /the server does not let the probe pod in: /);
    assert.deepEqual(probing.ours, []);
  }));

test('an image that cannot be pulled is said, in the kubelet’s words, and nothing is left', () =>
  withProbing(async (probing) => {
    const options = { means: 'pods', image: 'registry.invalid/agnhost:1' } as const;
    const { report } = await probing.probe(probing.request('api', 'web'), options);
    assert.equal(report.notRun?.kind, 'notRunning', JSON.stringify(report.notRun));
    assert.match(JSON.stringify(report.notRun), /probe pod shop\/cluster-network-probe-.*ImagePullBackOff/);
    assert.ok(verdicts(report).includes('podToPod notRun'), JSON.stringify(report.promises));
    assert.deepEqual(probing.ours, []);
  }));

/** Answers with what the simulated programs do, but for connections, during which something happens. */
const meanwhile =
  (usual: ExecHandler, act: () => Promise<void> | void): ExecHandler =>
  async (request) => {
    if (request.command[1] === 'connect' && request.command[2]?.includes(':') === true) await act();
    return await usual(request);
  };

test('a source that is deleted while it probes is gone, not unreachable', () =>
  withProbing(async (probing) => {
    const { server } = probing;
    const request = probing.request('web', 'web');
    const { source } = request;
    assert.ok(source.kind !== 'node');
    server.execHandler = meanwhile(server.execHandler, () => {
      server.remove({ apiVersion: 'v1', kind: 'Pod', ...source });
      server.restart();
    });
    const { report } = await probing.probe(request);
    assert.equal(report.notRun?.kind, 'podGone', JSON.stringify(report));
    assert.ok(verdicts(report).includes('podToPod notRun'), JSON.stringify(report.promises));
  }));

test('an API server that goes away while probing is that, and what was created is taken away when it is back', () =>
  withProbing(async (probing) => {
    const { server } = probing;
    let gone = false;
    const usual = server.execHandler;
    server.execHandler = meanwhile(usual, async () => {
      if (gone) return;
      gone = true;
      await server.closePort(1500);
    });
    const { report } = await probing.probe(probing.request('api', 'web'), { means: 'pods' });
    assert.equal(report.notRun?.kind, 'apiGone', JSON.stringify(report.notRun));
    assert.ok(!verdicts(report).some((one) => one.endsWith('violated')), JSON.stringify(report.promises));
    assert.deepEqual([probing.ours, report.left], [[], []]);
  }));

test('cancelling takes away what was created', () =>
  withProbing(async (probing) => {
    const planned = await probing.plan(probing.request('api', 'web'), { means: 'pods' });
    const stop = new AbortController();
    const report = await planned.run(({ step }) => {
      if (step === 'starting') stop.abort();
    }, stop.signal);
    assert.equal(report.notRun?.kind, 'cancelled', JSON.stringify(report.notRun));
    assert.deepEqual([probing.ours, report.left], [[], []]);
  }));

test('a connection that is dropped where a policy of another kind may concern it is no violation', () =>
  withProbing(async (probing) => {
    const { server } = probing;
    server.network.block(({ targetNode }) => (targetNode === 'node2' ? 'timeout' : undefined));
    const before = (await probing.probe(probing.request('web', 'web'))).report;
    assert.ok(verdicts(before).includes('podToPod violated'), JSON.stringify(before.promises));
    server.apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ciliumnetworkpolicies.cilium.io' },
      spec: {
        group: 'cilium.io',
        scope: 'Namespaced',
        names: { plural: 'ciliumnetworkpolicies', singular: 'ciliumnetworkpolicy', kind: 'CiliumNetworkPolicy' },
        versions: [{ name: 'v2', served: true, storage: true }],
      },
    });
    server.apply({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { namespace: 'shop', name: 'deny' },
      spec: { endpointSelector: { matchLabels: { app: 'web' } } },
    });
    const { report } = await probing.probe(probing.request('web', 'web'));
    assert.ok(verdicts(report).includes('podToPod inconclusive'), JSON.stringify(report.promises));
    assert.match(
      JSON.stringify(report.promises),
      /it may be blocked by policy: CiliumNetworkPolicy shop\/deny \(cilium\.io\/v2\) is not evaluated here/,
    );
  }));

test('a target that is replaced while it is probed is gone, not unreachable', () =>
  withProbing(async (probing) => {
    const { server } = probing;
    const request = probing.request('web', 'web');
    const { target } = request;
    assert.ok(target.kind === 'pod');
    server.network.block(({ targetNode }) => (targetNode === 'node2' ? 'timeout' : undefined));
    server.execHandler = meanwhile(server.execHandler, () => {
      server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: target.namespace, name: target.name });
    });
    const { report } = await probing.probe(request);
    assert.equal(report.notRun?.kind, 'podGone', JSON.stringify(report.notRun));
    assert.ok(verdicts(report).includes('podToPod inconclusive'), JSON.stringify(report.promises));
  }));

test('a target that has finished is not probed: its address may be another’s', () =>
  withProbing(async (probing) => {
    const { server } = probing;
    const request = probing.request('web', 'web');
    const { target } = request;
    assert.ok(target.kind === 'pod');
    const pod = server.objects('pods').find(({ metadata }) => metadata.name === target.name);
    const status = at(pod, 'status');
    assert.ok(pod !== undefined && isObject(status));
    server.apply({ ...pod, status: { ...status, phase: 'Succeeded' } });
    const { plan } = await probing.plan(request);
    assert.equal(plan.means, undefined);
    assert.match(plan.considered[0]?.why ?? '', /phase Succeeded: its address may be another’s by now/);
  }));

test('what policies say of an address that may be a pod’s is not known', () =>
  withProbing(
    async (probing) => {
      const { source } = probing.request('web', 'web');
      const address = (text: string): ProbeRequest => ({
        source,
        target: { kind: 'address', address: text },
        port: 8080,
        protocol: 'tcp',
      });
      // The namespace's own deny-all would be told as not enforced, or as what blocks it.
      probing.server.apply({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { namespace: 'shop', name: 'to-web-only' },
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
        },
      });
      const web = probing.pod('web', 'node2').name;
      const pod = probing.server.objects('pods').find(({ metadata }) => metadata.name === web);
      assert.ok(pod !== undefined);
      const ip = textAt(pod, 'status', 'podIP') ?? '';
      const { report } = await probing.probe(address(ip));
      assert.equal(report.policy?.kind, 'unknown', JSON.stringify(report.policy));
      assert.ok(!report.notes.join().includes('not enforced'), report.notes.join());
      const outside = (await probing.probe(address('192.0.2.7'))).report;
      assert.equal(outside.policy?.kind, 'denied', JSON.stringify(outside.policy));
    },
    { model: { nodes: ['node1', 'node2'].map((name, index) => node(name, { podCIDR: `10.244.${index}.0/24` })) } },
  ));

test('an ephemeral container that was asked for when the probe was cancelled is told as left', () =>
  withProbing(async (probing) => {
    const planned = await probing.plan(probing.request('api', 'web'));
    assert.equal(planned.plan.means, 'ephemeral');
    const stop = new AbortController();
    const report = await planned.run(({ step }) => {
      if (step === 'creating') stop.abort();
    }, stop.signal);
    assert.equal(report.notRun?.kind, 'cancelled', JSON.stringify(report.notRun));
    assert.match(
      report.left[0] ?? '',
      /^container cluster-network-probe-\w+ in the spec of pod shop\/api-.*ends by itself/,
    );
  }));

test('beside the target, a policy that lets TCP through and not UDP is what stops UDP', () =>
  withProbing(async (probing) => {
    probing.server.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace: 'shop', name: 'tcp-only' },
      spec: {
        podSelector: {},
        ingress: [
          {
            ports: [
              { protocol: 'TCP', port: 8080 },
              { protocol: 'TCP', port: 18480 },
            ],
          },
        ],
      },
    });
    probing.server.network.block(({ protocol }) => (protocol === 'UDP' ? 'timeout' : undefined));
    const { report } = await probing.probe(probing.request('api', 'web'), { means: 'pods' });
    assert.ok(report.beside?.probes.some(({ channel, tries }) => channel === 'udp' && tries[0]?.kind === 'timedOut'));
    assert.ok(!verdicts(report).includes('podToPod violated'), JSON.stringify(report.promises));
  }));
