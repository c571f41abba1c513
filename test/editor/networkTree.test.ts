/** The tree's data on a simulated cluster: what is shown, that elements stay the same, and that only what differs is refreshed. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ShownFindings } from '../../src/editor/shownFindings.js';
import type { Connection } from '../../src/editor/connection.js';
import type { NetworkElement, NodeElement, PodElement } from '../../src/editor/tree/elements.js';
import { NetworkTree } from '../../src/editor/tree/networkTree.js';
import { POD_PAGE } from '../../src/editor/tree/podList.js';
import type { ApiServer } from '../apiserver/server.js';
import { lecture } from '../scenarios/lecture.js';
import { lectureFixed } from '../scenarios/lectureFixed.js';
import { connected, until } from './connected.js';

/** A tree and what it asked to be refreshed; `undefined` stands for everything. */
class Watched {
  readonly tree: NetworkTree;
  readonly #refreshed: (NetworkElement | undefined)[] = [];
  constructor(connection: Connection, findings: ShownFindings) {
    this.tree = new NetworkTree(connection, findings);
    this.tree.onDidChangeTreeData((elements) => this.#refreshed.push(...(elements ?? [undefined])));
  }
  get refreshed(): readonly (NetworkElement | undefined)[] {
    return this.#refreshed;
  }
  /** Forgets what was refreshed so far, once it is quiet. */
  async quiet(): Promise<void> {
    let before = -1;
    await until('the tree is quiet', async () => {
      const now = this.#refreshed.length;
      const same = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 400));
      return same;
    });
    this.#refreshed.length = 0;
  }
  async labels(element?: NetworkElement): Promise<string[]> {
    return (await this.tree.getChildren(element)).map((child) => speech(this.tree, child));
  }
  async node(name: string): Promise<NodeElement> {
    const nodes = await this.tree.getChildren();
    const found = nodes.find(
      (element): element is NodeElement => element.kind === 'node' && element.summary.name === name,
    );
    assert.ok(found, `no node ${name}`);
    return found;
  }
  async pods(node: NodeElement): Promise<PodElement[]> {
    return (await this.tree.getChildren(node)).filter((element): element is PodElement => element.kind === 'pod');
  }
}

const speech = (tree: NetworkTree, element: NetworkElement): string =>
  tree.getTreeItem(element).accessibilityInformation?.label ?? '';

async function withTree(
  scenario: typeof lecture,
  body: (watched: Watched, server: ApiServer, connection: Connection) => Promise<void>,
): Promise<void> {
  await connected(scenario, async ({ connection, findings, server }) => {
    const watched = new Watched(connection, findings);
    try {
      await body(watched, server, connection);
    } finally {
      watched.tree.dispose();
    }
  });
}

function podNamed(server: ApiServer, prefix: string) {
  const pod = server.objects('pods').find(({ metadata }) => metadata.name.startsWith(prefix));
  assert.ok(pod);
  return pod;
}

/** A copy of a pod under another name, of the same node. */
const copyOf = (pod: ReturnType<typeof podNamed>, name: string) => ({
  ...pod,
  metadata: { namespace: pod.metadata.namespace ?? 'default', name },
});

describe('the tree of a cluster', () => {
  it('shows the context, the nodes in natural order, and below a node its ranges and its pods', async () => {
    await withTree(lecture, async ({ tree }) => {
      const roots = await tree.getChildren();
      assert.deepEqual(
        roots.map(({ kind }) => kind),
        ['context', 'node', 'node'],
      );
      assert.match(
        speech(tree, roots[0] ?? assert.fail()),
        /^context simulated-lecture, v1\.34\.4\+simulated, server https:\/\/127\.0\.0\.1:\d+$/,
      );
      const children = await tree.getChildren(roots[1]);
      const words = children.map((child) => speech(tree, child));
      assert.equal(words[0], 'pod range 10.244.0.0/24 of node node1, 1 error');
      assert.match(words[1] ?? '', /^pod kube-system\/kube-proxy-\w+, 192\.168\.1\.2, host network, Running$/);
      assert.match(words[2] ?? '', /^pod shop\/agent-\w+, 192\.168\.1\.2, host network, Running$/);
      assert.match(words[4] ?? '', /^pod shop\/web-\w+, 10\.244\.0\.2, Running, 1 error$/);
      assert.equal(words.length, 5);
    });
  });

  it('gives every element an id of its own, and its parent', async () => {
    await withTree(lectureFixed, async ({ tree }) => {
      const ids = new Set<string>();
      const walk = async (element?: NetworkElement): Promise<void> => {
        for (const child of await tree.getChildren(element)) {
          const { id } = tree.getTreeItem(child);
          assert.ok(id !== undefined && !ids.has(id), id);
          ids.add(id);
          assert.equal(tree.getParent(child), element);
          await walk(child);
        }
      };
      await walk();
      assert.ok(ids.size > 15);
    });
  });

  it('nothing is said to be wrong with the repaired cluster', async () => {
    await withTree(lectureFixed, async (watched) => {
      for (const name of ['node1', 'node2']) {
        const words = [
          speech(watched.tree, await watched.node(name)),
          ...(await watched.labels(await watched.node(name))),
        ];
        assert.ok(
          words.every((text) => !/error|warning|note/.test(text)),
          words.join('\n'),
        );
      }
    });
  });

  it('a pod that comes, changes and goes refreshes its node, itself, its node – and nothing else', async () => {
    await withTree(lectureFixed, async (watched, server) => {
      const node = await watched.node('node1');
      const before = await watched.pods(node);
      await watched.quiet();

      const pod = podNamed(server, 'web-');
      const spec = { ...(pod['spec'] as object), nodeName: 'node1' };
      const status = { phase: 'Running', podIP: '10.244.0.77', podIPs: [{ ip: '10.244.0.77' }] };
      server.apply({ ...copyOf(pod, 'web-zz'), spec, status });
      await until('the pod is shown', async () => (await watched.pods(node)).length === before.length + 1);
      const after = await watched.pods(node);
      assert.deepEqual(after.slice(0, -1), before, 'the others are the same elements');
      assert.equal(await watched.node('node1'), node);
      await watched.quiet();

      server.apply({ ...copyOf(pod, 'web-zz'), spec, status: { ...status, phase: 'Failed' } });
      await until('its row is refreshed', () => watched.refreshed.length > 0);
      const [changed] = watched.refreshed;
      assert.equal(changed, after.at(-1), 'the pod alone');
      assert.match(speech(watched.tree, after.at(-1) ?? assert.fail()), /Failed/);
      await watched.quiet();

      server.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-zz' });
      await until('the pod is gone', async () => (await watched.pods(node)).length === before.length);
      assert.deepEqual(await watched.pods(node), before);
      assert.ok(
        watched.refreshed.every((element) => element === node),
        'only its node',
      );
    });
  });

  it('a node that comes leaves the others the same elements, and stands in natural order', async () => {
    await withTree(lectureFixed, async (watched, server) => {
      const before = await watched.tree.getChildren();
      for (const name of ['node10', 'node3'])
        server.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: { conditions: [] } });
      await until('both are shown', async () => (await watched.tree.getChildren()).length === before.length + 2);
      const after = await watched.tree.getChildren();
      assert.deepEqual(after.slice(0, before.length), before);
      const names = after.flatMap((element) => (element.kind === 'node' ? [element.summary.name] : []));
      assert.deepEqual(names, ['node1', 'node2', 'node3', 'node10']);
    });
  });

  it('a node replaced by another of its name is another element', async () => {
    await withTree(lectureFixed, async (watched, server) => {
      const node = await watched.node('node2');
      const object = server.objects('nodes').find(({ metadata }) => metadata.name === 'node2') ?? assert.fail();
      server.remove({ apiVersion: 'v1', kind: 'Node', name: 'node2' });
      server.apply({ ...object, metadata: { name: 'node2', labels: object.metadata.labels ?? {} } });
      await until('the element is another one', async () => {
        const nodes = await watched.tree.getChildren();
        return nodes.some(
          (element) =>
            element.kind === 'node' && element.summary.name === 'node2' && element !== node && element.readable,
        );
      });
    });
  });

  it('the error is gone from the rows when the fault is mended', async () => {
    await withTree(lecture, async (watched, server) => {
      const node = await watched.node('node1');
      assert.match(speech(watched.tree, node), /1 error/);
      const other = server.objects('nodes').find(({ metadata }) => metadata.name === 'node2') ?? assert.fail();
      server.apply({ ...other, spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } });
      await until('no error', () => !/error/.test(speech(watched.tree, node)));
      assert.equal(await watched.node('node1'), node);
      await until('its row is refreshed', () => watched.refreshed.includes(node));
    });
  });

  it('pages the pods of a node, in natural order', async () => {
    await withTree(lectureFixed, async (watched, server) => {
      const pod = podNamed(server, 'web-');
      const spec = { ...(pod['spec'] as object), nodeName: 'node1' };
      for (let index = 0; index < 230; index++)
        server.apply({
          ...copyOf(pod, `many-${String(index)}`),
          metadata: { namespace: 'a', name: `many-${String(index)}` },
          spec,
          status: {
            phase: 'Running',
            podIP: `10.244.0.${String(index + 20)}`,
            podIPs: [{ ip: `10.244.0.${String(index + 20)}` }],
          },
        });
      await until('all are known', async () => (await watched.node('node1')).summary.podCount > 230);
      const node = await watched.node('node1');
      const first = await watched.pods(node);
      assert.equal(first.length, POD_PAGE);
      assert.deepEqual(
        first.slice(0, 3).map(({ summary }) => summary.name),
        ['many-0', 'many-1', 'many-2'],
      );
      const more = (await watched.tree.getChildren(node)).at(-1);
      assert.ok(more?.kind === 'more');
      await watched.tree.showMore(more);
      const second = await watched.pods(node);
      assert.equal(second.length, 2 * POD_PAGE);
      assert.deepEqual(second.slice(0, POD_PAGE), first);
      // What is asked for by name is shown, however far down it stands.
      const last = await watched.tree.pod('node1', 'a', 'many-229');
      assert.equal(last?.summary.name, 'many-229');
      assert.ok((await watched.pods(node)).includes(last));
    });
  });

  it('tooltips say facts with their source, and show names from a cluster as text', async () => {
    await withTree(lecture, async (watched, server) => {
      const evil = '[click](command:workbench.action.quit) **bold** <b>';
      server.apply({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'evil' },
        spec: { podCIDR: evil, podCIDRs: [evil] },
        status: { conditions: [{ type: 'Ready', status: 'False', message: evil }] },
      });
      await until('it is shown', async () => (await watched.labels()).some((label) => label.startsWith('node evil')));
      const node = await watched.node('evil');
      const item = watched.tree.resolveTreeItem(watched.tree.getTreeItem(node), node);
      assert.ok(item.tooltip instanceof vscode.MarkdownString);
      assert.ok(item.tooltip.isTrusted !== true);
      assert.ok(!item.tooltip.value.includes('](command:'), item.tooltip.value);
      assert.ok(!/[^\\]<b>/.test(item.tooltip.value), item.tooltip.value);
      assert.match(item.tooltip.value, /status\\?\.conditions/);
      assert.equal(watched.tree.getTreeItem(node).tooltip, undefined, 'made only when asked for');
    });
  });

  it('drops what a switch of the context made stale, and shows why a server is not there', async () => {
    await withTree(lecture, async (watched, server, connection) => {
      const node = await watched.node('node1');
      assert.ok((await watched.pods(node)).length > 0);
      await connection.choose('no-such-context');
      assert.equal(connection.situation.kind, 'noContext');
      assert.deepEqual(await watched.tree.getChildren(node), []);
      assert.deepEqual(await watched.labels(), ['Select Another Context…']);
      await connection.choose(undefined);
      await until('it is shown again', async () => (await watched.labels()).length > 2);
      await server.close();
      await until('it is said', () => connection.cluster?.state.phase === 'unreachable');
      assert.match((await watched.labels())[0] ?? '', /not connected/);
      assert.ok((await watched.labels()).length > 2, 'what was read stays');
    });
  });
});
