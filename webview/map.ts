/**
 * The map's page: receives the model, lays it out, paints it, and turns gestures and keys into selections.
 *
 * Keys on the drawing: arrows move between things (right and left: neighbours, down: into, up: out), Enter selects in the
 * tree, plus and minus zoom, 0 fits all in view, Escape lets go.
 */
import { select } from 'd3-selection';
import { zoom, type ZoomBehavior, zoomIdentity, type ZoomTransform } from 'd3-zoom';
import { type Drawing, layout, targetAt } from '../src/core/map/layout.js';
import { type MapModel, type MapTarget, targetKey } from '../src/core/map/model.js';
import { readTarget, readToWebview, type ToEditor } from '../src/protocol.js';
import { contextOf, NO_CONTEXT } from './context.js';
import { type Item, itemsOf } from './describe.js';
import { keepingFocus } from './focus.js';
import { editor, element, onThemeChange } from './page.js';
import { Painter } from './paint.js';
import { type Palette, readPalette } from './palette.js';
import { fillTable } from './table.js';
import { registerControls } from './toolkit.js';

registerControls();

const canvas = element('map', HTMLCanvasElement);
const pen = ((): CanvasRenderingContext2D => {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no 2D canvas');
  return context;
})();
const stage = element('stage', HTMLElement);
const tableArea = element('table-area', HTMLElement);
const table = element('table', HTMLTableElement);
const headline = element('headline', HTMLElement);
const notice = element('notice', HTMLElement);
const conflictList = element('conflicts', HTMLUListElement);
const live = element('live', HTMLElement);
const tooltip = element('tooltip', HTMLElement);
const showTable = element('show-table', HTMLElement);

/** What is kept while the panel is hidden or the window is reloaded. Anything else that stands there is ignored. */
interface Kept {
  readonly view?: { readonly x: number; readonly y: number; readonly k: number };
  readonly table?: boolean;
  readonly selected?: MapTarget;
}
function readKept(value: unknown): Kept {
  if (typeof value !== 'object' || value === null) return {};
  const { view, table: asTable, selected } = value as Record<string, unknown>;
  const kept: { -readonly [K in keyof Kept]: Kept[K] } = {};
  if (typeof view === 'object' && view !== null) {
    const { x, y, k } = view as Record<string, unknown>;
    if (typeof x === 'number' && typeof y === 'number' && typeof k === 'number' && Number.isFinite(x + y + k) && k > 0)
      kept.view = { x, y, k };
  }
  if (typeof asTable === 'boolean') kept.table = asTable;
  const target = readTarget(selected);
  if (target !== undefined) kept.selected = target;
  return kept;
}
let kept = readKept(editor.getState());
const keep = (change: Partial<Kept>): void => {
  kept = { ...kept, ...change };
  editor.setState(kept);
};

let model: MapModel | undefined;
let drawing: Drawing | undefined;
let items: { readonly roots: readonly Item[]; readonly byKey: ReadonlyMap<string, Item> } = {
  roots: [],
  byKey: new Map(),
};
let palette: Palette = readPalette(pen);
let transform: ZoomTransform = zoomIdentity;
let selected: MapTarget | undefined = kept.selected;
let focused: Item | undefined;
let pointedConflict: number | undefined;
let frameAsked = false;
let asTable = kept.table ?? document.body.classList.contains('vscode-using-screen-reader');

const post = (message: ToEditor): void => editor.postMessage(message);

function paint(): void {
  if (frameAsked) return;
  frameAsked = true;
  requestAnimationFrame(() => {
    frameAsked = false;
    const ratio = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (model === undefined || drawing === undefined) {
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.fillStyle = palette.background;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const marks = {
      selected,
      focused: document.activeElement === canvas ? focused?.target : undefined,
      conflict: pointedConflict,
    };
    new Painter(pen, palette, model, { x: transform.x, y: transform.y, k: transform.k, width, height }, marks).paint(
      drawing,
      ratio,
    );
  });
}

const gestures: ZoomBehavior<HTMLCanvasElement, unknown> = zoom<HTMLCanvasElement, unknown>()
  .scaleExtent([0.03, 6])
  .on('zoom', (event: { transform: ZoomTransform }) => {
    transform = event.transform;
    hideTooltip();
    keep({ view: { x: transform.x, y: transform.y, k: transform.k } });
    paint();
  });
const surface = select<HTMLCanvasElement, unknown>(canvas);
surface.call(gestures).on('dblclick.zoom', null);

function fit(): void {
  if (drawing === undefined) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const k = Math.min(width / drawing.width, height / drawing.height, 1.6);
  const view = zoomIdentity
    .translate((width - drawing.width * k) / 2, Math.max(0, (height - drawing.height * k) / 2))
    .scale(k);
  gestures.transform(surface, view);
}

/** Brings a thing into view, moving no more than is needed. */
function reveal(item: Item): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const left = transform.applyX(item.box.x);
  const top = transform.applyY(item.box.y);
  const right = transform.applyX(item.box.x + item.box.width);
  const bottom = transform.applyY(item.box.y + item.box.height);
  const dx = left < 20 ? 20 - left : right > width - 20 ? width - 20 - right : 0;
  const dy = top < 20 ? 20 - top : bottom > height - 20 ? height - 20 - bottom : 0;
  if (dx !== 0 || dy !== 0) gestures.translateBy(surface, dx / transform.k, dy / transform.k);
}

function hideTooltip(): void {
  tooltip.hidden = true;
}
function showTooltip(item: Item, x: number, y: number): void {
  tooltip.textContent = item.text;
  tooltip.hidden = false;
  const left = Math.min(x + 14, stage.clientWidth - tooltip.offsetWidth - 8);
  const top = y + 18 + tooltip.offsetHeight > stage.clientHeight ? y - tooltip.offsetHeight - 8 : y + 18;
  tooltip.style.left = `${Math.max(4, left)}px`;
  tooltip.style.top = `${Math.max(4, top)}px`;
}

function focusItem(item: Item | undefined): void {
  focused = item;
  canvas.dataset['vscodeContext'] = item === undefined ? NO_CONTEXT : contextOf(item.target);
  live.textContent = item?.text ?? '';
  if (item === undefined) hideTooltip();
  else {
    reveal(item);
    showTooltip(item, transform.applyX(item.box.x), transform.applyY(item.box.y + item.box.height));
  }
  paint();
}

function choose(target: MapTarget): void {
  selected = target;
  keep({ selected: target });
  post({ type: 'select', target });
  paint();
}

const itemAt = (event: MouseEvent): Item | undefined => {
  if (drawing === undefined) return undefined;
  const bounds = canvas.getBoundingClientRect();
  const target = targetAt(
    drawing,
    transform.invertX(event.clientX - bounds.left),
    transform.invertY(event.clientY - bounds.top),
  );
  return target && items.byKey.get(targetKey(target));
};

canvas.addEventListener('click', (event) => {
  const item = itemAt(event);
  focused = item;
  if (item !== undefined) choose(item.target);
});
canvas.addEventListener('mousemove', (event) => {
  if (event.buttons !== 0) return;
  const item = itemAt(event);
  canvas.dataset['vscodeContext'] = item === undefined ? NO_CONTEXT : contextOf(item.target);
  if (item === undefined) hideTooltip();
  else showTooltip(item, event.offsetX, event.offsetY);
});
canvas.addEventListener('mouseleave', hideTooltip);
canvas.addEventListener('contextmenu', (event) => {
  // A menu asked for by key comes with no pointer: it is for what has the focus.
  const item = event.button === 2 ? itemAt(event) : focused;
  canvas.dataset['vscodeContext'] = item === undefined ? NO_CONTEXT : contextOf(item.target);
});
canvas.addEventListener('focus', () => {
  if (focused === undefined) focusItem(items.roots[0]);
  else paint();
});
canvas.addEventListener('blur', () => {
  hideTooltip();
  paint();
});
canvas.addEventListener('keydown', (event) => {
  const siblings = focused?.parent?.children ?? items.roots;
  const at = focused === undefined ? -1 : siblings.indexOf(focused);
  const next = ((): Item | undefined => {
    switch (event.key) {
      case 'ArrowRight':
        return siblings[Math.min(at + 1, siblings.length - 1)];
      case 'ArrowLeft':
        return siblings[Math.max(at - 1, 0)];
      case 'ArrowDown':
        return focused?.children[0] ?? focused;
      case 'ArrowUp':
        return focused?.parent ?? focused;
      case 'Home':
        return siblings[0];
      case 'End':
        return siblings.at(-1);
      default:
        return undefined;
    }
  })();
  if (next !== undefined) focusItem(next);
  else if (event.key === 'Enter' && focused !== undefined) choose(focused.target);
  else if (event.key === '+' || event.key === '=') gestures.scaleBy(surface, 1.3);
  else if (event.key === '-') gestures.scaleBy(surface, 1 / 1.3);
  else if (event.key === '0') fit();
  else if (event.key === 'Escape') hideTooltip();
  else return;
  event.preventDefault();
});

function showAs(newAsTable: boolean): void {
  asTable = newAsTable;
  keep({ table: asTable });
  stage.hidden = asTable;
  tableArea.hidden = !asTable;
  showTable.setAttribute('aria-pressed', String(asTable));
  showTable.textContent = asTable ? 'Show as Map' : 'Show as Table';
  if (asTable && model !== undefined) fillTable(table, model, choose);
  paint();
}

function listConflicts(of: MapModel): void {
  const lines = of.conflicts.map((conflict, index) => {
    const line = document.createElement('li');
    line.dataset['key'] = conflict.id;
    line.className = conflict.severity;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.textContent = `${conflict.severity === 'error' ? 'Error' : 'Warning'} ${conflict.code}: ${conflict.message}`;
    button.addEventListener('click', () => {
      pointedConflict = pointedConflict === index ? undefined : index;
      const first = [...items.byKey.values()].find((item) => item.conflicts.includes(index));
      if (first !== undefined && pointedConflict !== undefined && !asTable) focusItem(first);
      post({ type: 'showFinding', id: conflict.id });
      paint();
    });
    line.append(button);
    return line;
  });
  keepingFocus(conflictList, 'li', () => {
    conflictList.replaceChildren(...lines);
  });
}

function receive(newModel: MapModel | undefined, message: string): void {
  const first = model === undefined;
  model = newModel;
  drawing = newModel && layout(newModel);
  items =
    newModel === undefined || drawing === undefined ? { roots: [], byKey: new Map() } : itemsOf(newModel, drawing);
  focused = focused && items.byKey.get(targetKey(focused.target));
  pointedConflict = undefined;
  notice.textContent = message;
  notice.hidden = message === '';
  if (newModel === undefined) {
    headline.textContent = '';
    conflictList.replaceChildren();
    table.replaceChildren();
  } else {
    const { nodes, hiddenNodes, podCount, context } = newModel;
    const shown =
      hiddenNodes === 0
        ? `${nodes.length} nodes`
        : `${nodes.length} of ${nodes.length + hiddenNodes} nodes, those with problems first`;
    const simulated = newModel.simulated ? ' · simulated' : '';
    headline.textContent = `${context}${simulated} · ${shown} · ${podCount} pods`;
    listConflicts(newModel);
    if (asTable) fillTable(table, newModel, choose);
    if (first && kept.view === undefined) fit();
    else if (first && kept.view !== undefined)
      gestures.transform(surface, zoomIdentity.translate(kept.view.x, kept.view.y).scale(kept.view.k));
  }
  paint();
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readToWebview(event.data);
  if (message === undefined) {
    post({ type: 'log', text: 'the map was sent a message that it does not know' });
    return;
  }
  switch (message.type) {
    case 'model':
      receive(message.model, message.message);
      break;
    case 'select': {
      selected = message.target;
      keep({ selected });
      const item = items.byKey.get(targetKey(selected));
      if (item !== undefined) reveal(item);
      paint();
      break;
    }
  }
});

element('fit', HTMLElement).addEventListener('click', fit);
element('zoom-in', HTMLElement).addEventListener('click', () => gestures.scaleBy(surface, 1.3));
element('zoom-out', HTMLElement).addEventListener('click', () => gestures.scaleBy(surface, 1 / 1.3));
showTable.addEventListener('click', () => showAs(!asTable));
new ResizeObserver(paint).observe(stage);
onThemeChange(() => {
  palette = readPalette(pen);
  paint();
});
showAs(asTable);
post({ type: 'ready' });
