/** The map's twin: the same content as a table, for screen readers and for those who prefer it. Built when it is shown. */
import { type MapModel, type MapNode, type MapPod, type MapTarget, targetKey } from '../src/core/map/model.js';
import { contextOf } from './context.js';
import { keepingFocus } from './focus.js';

const COLUMNS = ['Node', 'Pod', 'Addresses', 'Range', 'State', 'Problems'] as const;

function row(target: MapTarget, cells: readonly string[], onSelect: (target: MapTarget) => void): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.dataset['vscodeContext'] = contextOf(target);
  line.dataset['key'] = targetKey(target);
  cells.forEach((text, column) => {
    const cell = document.createElement(column === 0 ? 'th' : 'td');
    if (cell.tagName === 'TH') cell.setAttribute('scope', 'row');
    const isName = column === (target.kind === 'pod' ? 1 : target.kind === 'range' ? 3 : 0);
    if (isName) {
      const name = document.createElement('button');
      name.type = 'button';
      name.className = 'link';
      name.textContent = text;
      name.addEventListener('click', () => onSelect(target));
      cell.append(name);
    } else {
      cell.textContent = text;
    }
    line.append(cell);
  });
  return line;
}

/** Fills the table with the model; texts from the cluster enter as text, never as markup. The row that has the focus keeps it. */
export function fillTable(table: HTMLTableElement, model: MapModel, onSelect: (target: MapTarget) => void): void {
  const problems = (conflicts: readonly number[]): string =>
    conflicts
      .map((index) => model.conflicts[index])
      .map((conflict) => (conflict === undefined ? '' : `${conflict.code}: ${conflict.message}`))
      .join('; ');
  const head = document.createElement('thead');
  const titles = document.createElement('tr');
  for (const title of COLUMNS) {
    const cell = document.createElement('th');
    cell.setAttribute('scope', 'col');
    cell.textContent = title;
    titles.append(cell);
  }
  head.append(titles);
  const body = document.createElement('tbody');
  const podRow = (node: MapNode, pod: MapPod, range: string): HTMLTableRowElement =>
    row(
      { kind: 'pod', namespace: pod.namespace, name: pod.name, node: node.name, ips: pod.ips },
      [
        node.name,
        `${pod.namespace}/${pod.name}`,
        pod.ips.join(', '),
        range,
        pod.running ? 'running' : 'not running',
        problems(pod.conflicts),
      ],
      onSelect,
    );
  for (const node of model.nodes) {
    body.append(
      row(
        { kind: 'node', node: node.name },
        [node.name, '', node.ips.join(', '), '', node.ready, problems(node.conflicts)],
        onSelect,
      ),
    );
    for (const range of node.ranges) {
      const state = range.used ? `${range.pods.length} pods` : 'assigned, not used';
      body.append(
        row(
          { kind: 'range', node: node.name, cidr: range.cidr },
          [node.name, '', '', range.cidr, state, problems(range.conflicts)],
          onSelect,
        ),
      );
      for (const pod of range.pods) body.append(podRow(node, pod, range.cidr));
    }
    for (const pod of node.outside) body.append(podRow(node, pod, 'in none of the node’s ranges'));
    for (const pod of node.hostNetwork) body.append(podRow(node, pod, 'the node’s own network'));
  }
  keepingFocus(table, 'tr', () => {
    table.replaceChildren(head, body);
  });
}
