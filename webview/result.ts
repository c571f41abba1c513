/**
 * The page of a verification's result: promises, culprits and the matrix node by node, as lists and a table of their own.
 *
 * The matrix is one stop of the Tab key; arrows, Home and End move in it, and what was measured on a path is asked for when
 * it is chosen. Texts of a cluster enter as text, never as markup.
 */
import {
  type MatrixLayer,
  PATH_STATES,
  type PathState,
  type ResultMatrix,
  type ResultView,
  type ShownCulprit,
  type ShownPromise,
  stateAt,
} from '../src/core/reach/resultView.js';
import type { Verdict } from '../src/core/reach/promise.js';
import { type FromResult, readToResult, type ResultPage } from '../src/protocol.js';
import { editor, element } from './page.js';

const notice = element('notice', HTMLElement);
const result = element('result', HTMLElement);
const table = element('matrix-table', HTMLTableElement);
const layerSelect = element('layer', HTMLSelectElement);
const keptSelect = element('kept', HTMLSelectElement);
const pathArea = element('path', HTMLElement);

/** So many are shown at once; more would push the rest out of sight. */
const FEW_FAILURES = 12;

const post = (message: FromResult): void => editor.postMessage(message);

/** What is kept while the panel is hidden or the window is reloaded. */
interface Kept {
  readonly run: string;
  readonly layer: string;
}
function readKept(value: unknown): Kept {
  const { run, layer } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return { run: typeof run === 'string' ? run : '', layer: typeof layer === 'string' ? layer : '' };
}
let kept = readKept(editor.getState());
let page: ResultPage | undefined;
/** The path whose measurements are shown, as row and column. */
let chosen: { readonly row: number; readonly column: number } | undefined;

function keep(change: Partial<Kept>): void {
  kept = { ...kept, ...change };
  editor.setState(kept);
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  if (text !== '') made.textContent = text;
  return made;
}

const VERDICT_MARKS: Readonly<Record<Verdict, string>> = {
  holds: '✓',
  violated: '✕',
  notPromised: '–',
  blockedByPolicy: '⊘',
  notRun: '○',
  inconclusive: '?',
};

const upper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const when = (time: string): string => new Date(time).toLocaleString();

function list(items: readonly string[], className = ''): HTMLUListElement {
  const made = make('ul', className);
  made.append(...items.map((item) => make('li', '', item)));
  return made;
}

/** A line with more below it, open where that is what one looks for. */
function disclosure(summary: readonly Node[], content: readonly Node[], open: boolean): HTMLElement {
  const details = make('details');
  details.open = open;
  const line = make('summary');
  line.append(...summary);
  details.append(line, ...content);
  return details;
}

function promiseItem(promise: ShownPromise): HTMLLIElement {
  const { verdict } = promise;
  const mark = make('span', `mark ${verdict}`, VERDICT_MARKS[verdict]);
  mark.setAttribute('aria-hidden', 'true');
  const title = make('span', 'title', promise.scope === '' ? promise.title : `${promise.title}, ${promise.scope}`);
  const badge = make('span', `verdict ${verdict}`, promise.verdictTitle);
  const counts = make('span', 'counts', promise.counts);
  const official = make('blockquote', '', promise.sentence);
  const link = make('a', '', promise.url);
  link.href = promise.url;
  official.append(document.createElement('br'), link);
  const item = make('li');
  item.append(
    disclosure(
      [mark, title, badge, counts],
      [list(promise.evidence), official],
      verdict === 'violated' || verdict === 'blockedByPolicy',
    ),
  );
  return item;
}

function culpritItem(culprit: ShownCulprit): HTMLLIElement {
  const mark = make('span', culprit.grave ? 'mark violated' : 'mark inconclusive', culprit.grave ? '✕' : '~');
  mark.setAttribute('aria-hidden', 'true');
  const item = make('li');
  const nodes = make('p', 'nodes');
  for (const name of culprit.nodes) {
    const link = make('button', 'link', `Show ${name}`);
    link.type = 'button';
    link.addEventListener('click', () => post({ type: 'node', node: name }));
    nodes.append(link, ' ');
  }
  item.append(disclosure([mark, make('span', 'title', upper(culprit.words))], [list(culprit.evidence), nodes], true));
  return item;
}

function showHead({ view, kept: runs, run, context }: ResultPage): void {
  element('mark', HTMLElement).textContent = VERDICT_MARKS[view.verdict];
  element('mark', HTMLElement).className = `mark ${view.verdict}`;
  element('headline', HTMLElement).textContent = view.headline;
  element('facts', HTMLElement).textContent = [context, when(view.startedAt), ...view.facts].join(' · ');
  const warning = element('warning', HTMLElement);
  const sentences = [
    ...(view.stopped === '' ? [] : [`It ended early: ${view.stopped}.`]),
    ...(view.left.length === 0
      ? []
      : [`Not deleted yet; the server does it at its deadline: ${view.left.join(', ')}.`]),
  ];
  warning.hidden = sentences.length === 0;
  warning.textContent = sentences.join(' ');
  element('history', HTMLElement).hidden = runs.length < 2;
  keptSelect.replaceChildren(
    ...runs.map((one) => {
      const option = make('option', '', `${when(one.startedAt)} – ${one.headline}`);
      option.value = one.run;
      option.selected = one.run === run;
      return option;
    }),
  );
}

function showList(section: string, target: string, items: readonly Node[]): void {
  element(section, HTMLElement).hidden = items.length === 0;
  element(target, HTMLElement).replaceChildren(...items);
}

function showChanges({ changes }: ResultPage): void {
  const item = (className: string, word: string, text: string): HTMLLIElement => {
    const made = make('li');
    made.append(make('span', `change ${className}`, word), ` ${upper(text)}`);
    return made;
  };
  const none =
    changes !== undefined && [changes.verdicts, changes.appeared, changes.gone].every((all) => all.length === 0);
  showList('changes', 'changes-list', [
    ...(changes?.verdicts ?? []).map((text) => item('', 'changed', text)),
    ...(changes?.appeared ?? []).map((text) => item('violated', 'new', text)),
    ...(changes?.gone ?? []).map((text) => item('holds', 'gone', text)),
    ...(none ? [make('li', '', 'Nothing: verdicts and culprits are the same.')] : []),
  ]);
  element('changes-title', HTMLElement).textContent =
    changes === undefined ? 'Changed' : `Changed Since ${when(changes.since)}`;
}

// --- the matrix

const words = (state: PathState): string => PATH_STATES[state].words;

function cellLabel(matrix: ResultMatrix, row: number, column: number, state: PathState): string {
  const from = matrix.nodes[row]?.name ?? '';
  const to = matrix.nodes[column]?.name ?? '';
  return row === column ? `within ${from}: ${words(state)}` : `from ${from} to ${to}: ${words(state)}`;
}

function showMatrix({ matrix }: ResultView): void {
  element('matrix', HTMLElement).hidden = matrix === undefined;
  if (matrix === undefined) return;
  layerSelect.replaceChildren(
    ...matrix.layers.map((layer, index) => {
      const option = make('option', '', layer.title);
      option.value = String(index);
      return option;
    }),
  );
  const remembered = matrix.layers.findIndex(({ title }) => title === kept.layer);
  layerSelect.value = String(remembered >= 0 ? remembered : matrix.first);
  element('left-out', HTMLElement).textContent =
    matrix.leftOut === 0
      ? ''
      : matrix.nodes.length === 0
        ? `The matrix of ${matrix.leftOut.toLocaleString()} nodes is not drawn: nothing that was tried between them failed.`
        : `${matrix.leftOut.toLocaleString()} nodes are left out: nothing that was tried from or to them failed, or others failed more.`;
  drawLayer();
}

function currentLayer(): { matrix: ResultMatrix; layer: MatrixLayer } | undefined {
  const matrix = page?.view.matrix;
  const layer = matrix?.layers[Number(layerSelect.value)];
  return matrix === undefined || layer === undefined ? undefined : { matrix, layer };
}

function drawLayer(): void {
  const current = currentLayer();
  if (current === undefined) return;
  const { matrix, layer } = current;
  const { nodes } = matrix;
  element('counts', HTMLElement).textContent = Object.entries(layer.counts)
    .map(([state, count]) => `${count.toLocaleString()} × ${words(state as PathState)}`)
    .join(' · ');
  const used = new Set<PathState>();
  const caption = make('caption', 'hidden', `${layer.title}, from rows to columns`);
  const head = make('tr');
  const corner = make('th', 'corner', 'from ↓  to →');
  corner.scope = 'col';
  head.append(corner);
  for (const { name } of nodes) {
    const cell = make('th', 'column');
    cell.scope = 'col';
    cell.title = name;
    cell.append(make('span', '', name));
    head.append(cell);
  }
  const rows = nodes.map(({ name, note }, row) => {
    const line = make('tr');
    const title = make('th', note === '' ? 'row' : 'row untried', name);
    title.scope = 'row';
    title.title = note === '' ? name : `${name}: ${note}`;
    line.append(title);
    nodes.forEach((_, column) => {
      const state = stateAt(matrix, layer, row, column);
      used.add(state);
      const cell = make('td', state, PATH_STATES[state].symbol);
      const label = cellLabel(matrix, row, column, state);
      cell.setAttribute('role', 'gridcell');
      cell.setAttribute('aria-label', label);
      cell.title = label;
      cell.tabIndex = -1;
      cell.dataset['row'] = String(row);
      cell.dataset['column'] = String(column);
      if (row === column) cell.classList.add('own');
      line.append(cell);
    });
    return line;
  });
  const top = make('thead');
  top.append(head);
  const body = make('tbody');
  body.append(...rows);
  table.replaceChildren(caption, top, body);
  table.hidden = nodes.length === 0;
  element('matrix-help', HTMLElement).hidden = nodes.length === 0;
  table.classList.toggle('dense', nodes.length > 12);
  element('legend', HTMLElement).replaceChildren(
    ...[...used].map((state) => {
      const item = make('li');
      const symbol = make('span', `symbol ${state}`, PATH_STATES[state].symbol);
      symbol.setAttribute('aria-hidden', 'true');
      item.append(symbol, ` ${words(state)}`);
      return item;
    }),
  );
  const first = cellAt(chosen?.row ?? 0, chosen?.column ?? 0) ?? cellAt(0, 0);
  if (first !== undefined) first.tabIndex = 0;
  if (chosen !== undefined) cellAt(chosen.row, chosen.column)?.setAttribute('aria-selected', 'true');
}

function cellAt(row: number, column: number): HTMLTableCellElement | undefined {
  const cell = table.tBodies[0]?.rows[row]?.cells[column + 1];
  return cell ?? undefined;
}

const placeOf = (target: EventTarget | null): { row: number; column: number } | undefined => {
  if (!(target instanceof HTMLElement)) return undefined;
  const { row, column } = target.dataset;
  return row === undefined || column === undefined ? undefined : { row: Number(row), column: Number(column) };
};

function focusCell(row: number, column: number): void {
  const cell = cellAt(row, column);
  if (cell === undefined || placeOf(cell) === undefined) return;
  for (const other of table.querySelectorAll<HTMLElement>('td[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

function choose(row: number, column: number): void {
  const from = page?.view.matrix?.nodes[row]?.name;
  const to = page?.view.matrix?.nodes[column]?.name;
  if (page === undefined || from === undefined || to === undefined) return;
  for (const other of table.querySelectorAll('[aria-selected]')) other.removeAttribute('aria-selected');
  cellAt(row, column)?.setAttribute('aria-selected', 'true');
  chosen = { row, column };
  post({ type: 'path', run: page.run, from, to });
}

table.addEventListener('click', (event) => {
  const place = placeOf(event.target);
  if (place === undefined) return;
  focusCell(place.row, place.column);
  choose(place.row, place.column);
});
table.addEventListener('keydown', (event) => {
  const place = placeOf(event.target);
  const last = (page?.view.matrix?.nodes.length ?? 0) - 1;
  if (place === undefined) return;
  const { row, column } = place;
  switch (event.key) {
    case 'ArrowUp':
      focusCell(row - 1, column);
      break;
    case 'ArrowDown':
      focusCell(row + 1, column);
      break;
    case 'ArrowLeft':
      focusCell(row, Math.max(0, column - 1));
      break;
    case 'ArrowRight':
      focusCell(row, column + 1);
      break;
    case 'Home':
      focusCell(event.ctrlKey ? 0 : row, 0);
      break;
    case 'End':
      focusCell(event.ctrlKey ? last : row, last);
      break;
    case 'Enter':
    case ' ':
      choose(row, column);
      break;
    default:
      return;
  }
  event.preventDefault();
});
layerSelect.addEventListener('change', () => {
  const current = currentLayer();
  if (current !== undefined) keep({ layer: current.layer.title });
  drawLayer();
});

// --- all of it

function show(shown: ResultPage): void {
  const another = shown.run !== page?.run;
  page = shown;
  keep({ run: shown.run });
  if (another) {
    chosen = undefined;
    pathArea.replaceChildren();
  }
  const { view } = shown;
  showHead(shown);
  showChanges(shown);
  showList('culprits', 'culprit-list', view.culprits.map(culpritItem));
  element('promise-list', HTMLElement).replaceChildren(...view.promises.map(promiseItem));
  showMatrix(view);
  showList(
    'failures',
    'failure-list',
    view.failures.map(({ state, words: text }) => {
      const item = make('li');
      const symbol = make('span', `symbol ${state}`, PATH_STATES[state].symbol);
      symbol.setAttribute('aria-hidden', 'true');
      item.append(symbol, ` ${text}`);
      return item;
    }),
  );
  const failures = view.failures.length + view.moreFailures;
  element('failure-summary', HTMLElement).textContent =
    failures === 1 ? '1 measurement' : `${failures.toLocaleString()} measurements`;
  element('failure-details', HTMLDetailsElement).open = failures <= FEW_FAILURES;
  element('more-failures', HTMLElement).textContent =
    view.moreFailures === 0
      ? ''
      : `${view.moreFailures.toLocaleString()} more are not listed. Save as JSON has all of them.`;
  showList(
    'notes',
    'note-list',
    view.notes.map((note) => make('li', '', upper(note))),
  );
}

element('again', HTMLButtonElement).addEventListener('click', () => post({ type: 'again' }));
element('plan', HTMLButtonElement).addEventListener('click', () => {
  if (page !== undefined) post({ type: 'plan', run: page.run });
});
element('save', HTMLButtonElement).addEventListener('click', () => {
  if (page !== undefined) post({ type: 'save', run: page.run });
});
keptSelect.addEventListener('change', () => post({ type: 'show', run: keptSelect.value }));

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readToResult(event.data);
  if (message === undefined) return;
  if (message.type === 'path') {
    if (message.run !== page?.run) return;
    const title = message.from === message.to ? `Within ${message.from}` : `${message.from} → ${message.to}`;
    pathArea.replaceChildren(
      make('h3', '', title),
      message.sentences.length === 0 ? make('p', '', 'Nothing was tried on this path.') : list(message.sentences),
    );
    return;
  }
  notice.hidden = message.page !== undefined;
  notice.textContent = message.message;
  result.hidden = message.page === undefined;
  if (message.page !== undefined) show(message.page);
});
post({ type: 'ready', run: kept.run });
