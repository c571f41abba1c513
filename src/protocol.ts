/** Messages between the editor and the map's webview, typed once for both ends. Unknown messages are ignored and logged. */
import type { MapModel, MapTarget } from './core/map/model.js';

export type ToWebview =
  /** `model` undefined: nothing to draw, and `message` says why. */
  | { readonly type: 'model'; readonly model: MapModel | undefined; readonly message: string }
  | { readonly type: 'select'; readonly target: MapTarget };

export type ToEditor =
  /** Nothing is posted before this arrived. */
  | { readonly type: 'ready' }
  | { readonly type: 'select'; readonly target: MapTarget }
  | { readonly type: 'showFinding'; readonly id: string }
  | { readonly type: 'log'; readonly text: string };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 1024;

/** A target that came over the wire, or undefined: the other end is not trusted. */
export function readTarget(value: unknown): MapTarget | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, node, cidr, namespace, name, ips } = value;
  if (kind === 'node' && isText(node)) return { kind, node };
  if (kind === 'range' && isText(node) && isText(cidr)) return { kind, node, cidr };
  if (
    kind === 'pod' &&
    isText(node) &&
    isText(namespace) &&
    isText(name) &&
    Array.isArray(ips) &&
    ips.length <= 8 &&
    ips.every(isText)
  ) {
    return { kind, namespace, name, node, ips };
  }
  return undefined;
}

/** A message of the webview, or undefined when it is none that we know. */
export function readToEditor(value: unknown): ToEditor | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'select': {
      const target = readTarget(value['target']);
      return target && { type: 'select', target };
    }
    case 'showFinding':
      return isText(value['id']) ? { type: 'showFinding', id: value['id'] } : undefined;
    case 'log':
      return isText(value['text']) ? { type: 'log', text: value['text'] } : undefined;
    default:
      return undefined;
  }
}

/** A message of the editor, or undefined. The model comes from our own worker; its shape is trusted, its texts are not. */
export function readToWebview(value: unknown): ToWebview | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'model':
      return isText(value['message']) ? (value as unknown as Extract<ToWebview, { type: 'model' }>) : undefined;
    case 'select': {
      const target = readTarget(value['target']);
      return target && { type: 'select', target };
    }
    default:
      return undefined;
  }
}
