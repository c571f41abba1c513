/**
 * The geometry of the map: pure numbers, deterministic, one pass over what is drawn.
 *
 * Containment, not a force graph: pod network ⊃ node ⊃ the node's range ⊃ pods at the place of their address. A range of up
 * to 256 addresses is a grid with a cell an address; a larger one shows its pods in address order. Lengths are in pixels at
 * zoom 1; x grows to the right, y downwards.
 */
import {
  MAX_PODS_DRAWN,
  type MapClusterRange,
  type MapModel,
  type MapNode,
  type MapPod,
  type MapRange,
  type MapTarget,
} from './model.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PodShape {
  readonly box: Box;
  readonly target: Extract<MapTarget, { kind: 'pod' }>;
  readonly running: boolean;
  readonly conflicts: readonly number[];
}

/** A range of a node, or a strip of pods that are in none of its ranges. */
export interface AreaShape {
  readonly kind: 'range' | 'outside' | 'hostNetwork';
  readonly box: Box;
  /** Undefined for strips. */
  readonly target: Extract<MapTarget, { kind: 'range' }> | undefined;
  readonly title: string;
  readonly note: string;
  readonly used: boolean;
  readonly conflicts: readonly number[];
  /** Where cells are; `cells` counts addresses of a range drawn address by address, else 0. */
  readonly grid: Box;
  readonly cells: number;
  readonly pods: readonly PodShape[];
  readonly podsNotDrawn: number;
}

export interface NodeShape {
  readonly box: Box;
  readonly target: Extract<MapTarget, { kind: 'node' }>;
  readonly title: string;
  readonly subtitle: string;
  readonly ready: MapNode['ready'];
  readonly conflicts: readonly number[];
  readonly areas: readonly AreaShape[];
  /** The foot of the line that joins the node to the bus. */
  readonly tap: { readonly x: number; readonly y: number };
}

export interface FrameShape {
  readonly box: Box;
  readonly role: 'pod' | 'service';
  readonly title: string;
  readonly conflicts: readonly number[];
}

export interface BusShape {
  /** Horizontal lines, one below each row of nodes, and the spine that joins them. */
  readonly lines: readonly { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }[];
  readonly label: string;
  readonly labelAt: { readonly x: number; readonly y: number };
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly FrameShape[];
  readonly nodes: readonly NodeShape[];
  readonly bus: BusShape;
}

export const CELL = 14;
export const COLUMNS = 16;
/** Ranges up to this size get a cell an address. */
export const MAX_CELLS = 256;
const PAD = 12;
const GAP = 28;
const TITLE = 20;
const NODE_HEADER = 46;
const STRIP_GAP = 8;
const AREA_WIDTH = COLUMNS * CELL + 2 * 6;
const NODE_WIDTH = AREA_WIDTH + 2 * PAD;
const BUS_GAP = 34;
const SERVICE_HEIGHT = 44;

const rowsFor = (count: number): number => Math.max(1, Math.ceil(count / COLUMNS));

function podShapes(pods: readonly MapPod[], node: string, grid: Box, byAddress: boolean): PodShape[] {
  const shown = pods.slice(0, MAX_PODS_DRAWN);
  const sharing = new Map<number, number>();
  if (byAddress) for (const pod of shown) sharing.set(pod.offset, (sharing.get(pod.offset) ?? 0) + 1);
  const placed = new Map<number, number>();
  return shown.map((pod, order) => {
    const cell = byAddress ? pod.offset : order;
    const share = byAddress ? (sharing.get(cell) ?? 1) : 1;
    const index = placed.get(cell) ?? 0;
    placed.set(cell, index + 1);
    // Pods of one address share its cell, side by side.
    const width = (CELL - 2) / share;
    return {
      box: {
        x: grid.x + (cell % COLUMNS) * CELL + 1 + index * width,
        y: grid.y + Math.floor(cell / COLUMNS) * CELL + 1,
        width,
        height: CELL - 2,
      },
      target: { kind: 'pod', namespace: pod.namespace, name: pod.name, node, ips: pod.ips },
      running: pod.running,
      conflicts: pod.conflicts,
    };
  });
}

function rangeArea(range: MapRange, node: string, x: number, y: number): AreaShape {
  const byAddress = range.used && range.size <= MAX_CELLS;
  const cells = byAddress ? range.size : 0;
  const rows = range.used ? rowsFor(byAddress ? range.size : Math.min(range.pods.length, MAX_PODS_DRAWN)) : 0;
  const grid: Box = { x: x + 6, y: y + TITLE, width: COLUMNS * CELL, height: rows * CELL };
  const shown = Math.min(range.pods.length, MAX_PODS_DRAWN);
  return {
    kind: 'range',
    box: { x, y, width: AREA_WIDTH, height: TITLE + grid.height + (rows > 0 ? 6 : 0) },
    target: { kind: 'range', node, cidr: range.cidr },
    title: range.cidr,
    note: range.used ? podCount(range.pods.length) : 'assigned, not used',
    used: range.used,
    conflicts: range.conflicts,
    grid,
    cells,
    pods: podShapes(range.pods, node, grid, byAddress),
    podsNotDrawn: range.pods.length - shown,
  };
}

const podCount = (count: number): string => (count === 1 ? '1 pod' : `${count} pods`);

function strip(
  kind: 'outside' | 'hostNetwork',
  title: string,
  pods: readonly MapPod[],
  node: string,
  x: number,
  y: number,
): AreaShape {
  const shown = Math.min(pods.length, MAX_PODS_DRAWN);
  const grid: Box = { x: x + 6, y: y + TITLE, width: COLUMNS * CELL, height: rowsFor(shown) * CELL };
  return {
    kind,
    box: { x, y, width: AREA_WIDTH, height: TITLE + grid.height + 6 },
    target: undefined,
    title,
    note: podCount(pods.length),
    used: true,
    conflicts: [],
    grid,
    cells: 0,
    pods: podShapes(pods, node, grid, false),
    podsNotDrawn: pods.length - shown,
  };
}

function nodeAreas(node: MapNode, x: number, top: number): { areas: AreaShape[]; bottom: number } {
  const areas: AreaShape[] = [];
  let y = top;
  const push = (area: AreaShape): void => {
    areas.push(area);
    y += area.box.height + STRIP_GAP;
  };
  for (const range of node.ranges) push(rangeArea(range, node.name, x, y));
  if (node.outside.length > 0) {
    const title = node.ranges.some((range) => range.used) ? 'outside its range' : 'no range is known';
    push(strip('outside', title, node.outside, node.name, x, y));
  }
  if (node.hostNetwork.length > 0) push(strip('hostNetwork', 'host network', node.hostNetwork, node.name, x, y));
  return { areas, bottom: areas.length === 0 ? y : y - STRIP_GAP };
}

function frameTitle(ranges: readonly MapClusterRange[], role: 'pod' | 'service'): string {
  const name = role === 'pod' ? 'Pod network' : 'Services';
  const cidrs = [...new Set(ranges.map((range) => range.cidr))].join(' · ');
  return cidrs === '' ? `${name} (no range is declared)` : `${name} ${cidrs}`;
}

/** Columns of nodes: the drawing becomes a little wider than high, as screens are; nodes are higher than wide. */
const columnsFor = (nodes: number): number => Math.max(1, Math.ceil(Math.sqrt(nodes * 2.6)));

/** Lays the model out. Equal models give equal drawings; a node keeps its place while nodes before it stay. */
export function layout(model: MapModel): Drawing {
  const columns = Math.min(columnsFor(model.nodes.length), Math.max(1, model.nodes.length));
  const frames: FrameShape[] = [];
  const services = model.clusterRanges.filter((range) => range.role === 'service');
  const podRanges = model.clusterRanges.filter((range) => range.role === 'pod');
  const innerWidth = columns * NODE_WIDTH + (columns - 1) * GAP;
  const width = innerWidth + 2 * (PAD + GAP);
  let y = GAP;
  if (services.length > 0) {
    frames.push({
      box: { x: GAP, y, width: width - 2 * GAP, height: SERVICE_HEIGHT },
      role: 'service',
      title: frameTitle(services, 'service'),
      conflicts: [...new Set(services.flatMap((range) => range.conflicts))],
    });
    y += SERVICE_HEIGHT + GAP / 2;
  }
  const podFrameTop = y;
  y += TITLE + PAD;
  const nodes: NodeShape[] = [];
  const lines: { x1: number; y1: number; x2: number; y2: number }[] = [];
  const left = GAP + PAD;
  const spineX = GAP + PAD / 2;
  for (let start = 0; start < model.nodes.length; start += columns) {
    const row = model.nodes.slice(start, start + columns);
    let rowBottom = y;
    const built = row.map((node, column) => {
      const x = left + column * (NODE_WIDTH + GAP);
      const { areas, bottom } = nodeAreas(node, x + PAD, y + NODE_HEADER);
      rowBottom = Math.max(rowBottom, bottom + PAD);
      return { node, x, areas };
    });
    const busY = rowBottom + BUS_GAP / 2;
    for (const { node, x, areas } of built) {
      nodes.push({
        box: { x, y, width: NODE_WIDTH, height: rowBottom - y },
        target: { kind: 'node', node: node.name },
        title: node.name,
        subtitle: node.ips.join(' · '),
        ready: node.ready,
        conflicts: node.conflicts,
        areas,
        tap: { x: x + NODE_WIDTH / 2, y: busY },
      });
    }
    lines.push({ x1: spineX, y1: busY, x2: left + row.length * NODE_WIDTH + (row.length - 1) * GAP, y2: busY });
    y = rowBottom + BUS_GAP;
  }
  const first = lines[0];
  const last = lines.at(-1);
  if (first !== undefined && last !== undefined && lines.length > 1) {
    lines.push({ x1: spineX, y1: first.y1, x2: spineX, y2: last.y1 });
  }
  frames.unshift({
    box: { x: GAP, y: podFrameTop, width: width - 2 * GAP, height: Math.max(y - podFrameTop, TITLE + 2 * PAD) + 6 },
    role: 'pod',
    title: frameTitle(podRanges, 'pod'),
    conflicts: [...new Set(podRanges.flatMap((range) => range.conflicts))],
  });
  return {
    width,
    height: Math.max(y, podFrameTop + TITLE + 2 * PAD) + 6 + GAP,
    frames,
    nodes,
    bus: { lines, label: model.bus, labelAt: { x: left, y: last === undefined ? podFrameTop : last.y1 } },
  };
}

const inside = (box: Box, x: number, y: number): boolean =>
  x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;

/** What is drawn at a point: the innermost of pod, range, node; undefined between them. */
export function targetAt(drawing: Drawing, x: number, y: number): MapTarget | undefined {
  const node = drawing.nodes.find((shape) => inside(shape.box, x, y));
  if (node === undefined) return undefined;
  const area = node.areas.find((shape) => inside(shape.box, x, y));
  if (area === undefined) return node.target;
  return area.pods.find((pod) => inside(pod.box, x, y))?.target ?? area.target ?? node.target;
}
