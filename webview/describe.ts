/** Drawn things in words: for tooltips, the live region and the table. */
import type { AreaShape, Drawing, NodeShape, PodShape } from '../src/core/map/layout.js';
import { type MapModel, type MapTarget, targetKey } from '../src/core/map/model.js';

/** A thing that can be focused, its words, and its neighbours for the arrow keys. */
export interface Item {
  readonly target: MapTarget;
  readonly text: string;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly conflicts: readonly number[];
  readonly parent: Item | undefined;
  readonly children: readonly Item[];
}

const conflictText = (model: MapModel, conflicts: readonly number[]): string =>
  conflicts
    .map((index) => model.conflicts[index]?.message ?? '')
    .filter((text) => text !== '')
    .join('; ');

const sentence = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

const podText = (model: MapModel, pod: PodShape, area: AreaShape): string =>
  sentence(
    `pod ${pod.target.namespace}/${pod.target.name}`,
    pod.target.ips.join(' and '),
    `on ${pod.target.node}`,
    area.kind === 'hostNetwork' ? 'on the node’s own network' : '',
    area.kind === 'outside' ? 'in none of the node’s ranges' : '',
    pod.running ? '' : 'not running',
    conflictText(model, pod.conflicts),
  );

const rangeText = (model: MapModel, area: AreaShape, node: string): string =>
  sentence(`range ${area.title}`, `of ${node}`, area.note, conflictText(model, area.conflicts));

const nodeText = (model: MapModel, node: NodeShape): string =>
  sentence(
    `node ${node.title}`,
    node.subtitle,
    node.ready === 'Ready' ? 'ready' : node.ready,
    conflictText(model, node.conflicts),
  );

/** Every focusable thing in reading order, nodes at the top, and an index by target. */
export function itemsOf(
  model: MapModel,
  drawing: Drawing,
): { readonly roots: readonly Item[]; readonly byKey: ReadonlyMap<string, Item> } {
  const byKey = new Map<string, Item>();
  const roots = drawing.nodes.map((node) => {
    const children: Item[] = [];
    const root: Item = {
      target: node.target,
      text: nodeText(model, node),
      box: node.box,
      conflicts: node.conflicts,
      parent: undefined,
      children,
    };
    for (const area of node.areas) {
      let owner = root;
      let into = children;
      if (area.target !== undefined) {
        into = [];
        owner = {
          target: area.target,
          text: rangeText(model, area, node.title),
          box: area.box,
          conflicts: area.conflicts,
          parent: root,
          children: into,
        };
        children.push(owner);
        byKey.set(targetKey(area.target), owner);
      }
      for (const pod of area.pods) {
        const item: Item = {
          target: pod.target,
          text: podText(model, pod, area),
          box: pod.box,
          conflicts: pod.conflicts,
          parent: owner,
          children: [],
        };
        into.push(item);
        if (!byKey.has(targetKey(pod.target))) byKey.set(targetKey(pod.target), item);
      }
    }
    byKey.set(targetKey(node.target), root);
    return root;
  });
  return { roots, byKey };
}
