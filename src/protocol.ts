/** Messages between the editor and its webviews, typed once for both ends. Unknown messages are ignored and logged. */
import type { MapModel, MapTarget } from './core/map/model.js';
import type { RunChanges } from './core/reach/compareRuns.js';
import type { ResultView } from './core/reach/resultView.js';

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

/** A verification that is kept, for the list of them. */
export interface KeptRun {
  readonly run: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly headline: string;
}

/** What the page of a verification's result shows. */
export interface ResultPage {
  readonly run: string;
  readonly context: string;
  readonly view: ResultView;
  /** Against the one before; undefined when there is none. */
  readonly changes: (RunChanges & { readonly since: string }) | undefined;
  /** All that are kept of this cluster, the latest first. */
  readonly kept: readonly KeptRun[];
}

export type ToResult =
  /** `page` undefined: there is no result to show, and `message` says why. */
  | { readonly type: 'result'; readonly page: ResultPage | undefined; readonly message: string }
  /** The answer to `path`: everything that was measured from one node to another. */
  | {
      readonly type: 'path';
      readonly run: string;
      readonly from: string;
      readonly to: string;
      readonly sentences: readonly string[];
    };

export type FromResult =
  | { readonly type: 'ready'; readonly run: string }
  | { readonly type: 'show'; readonly run: string }
  | { readonly type: 'path'; readonly run: string; readonly from: string; readonly to: string }
  | { readonly type: 'node'; readonly node: string }
  | { readonly type: 'again' }
  | { readonly type: 'plan'; readonly run: string }
  | { readonly type: 'save'; readonly run: string };

/** A message of the result's page, or undefined when it is none that we know. */
export function readFromResult(value: unknown): FromResult | undefined {
  if (!isRecord(value)) return undefined;
  const { type, run, from, to, node } = value;
  switch (type) {
    case 'ready':
    case 'show':
    case 'plan':
    case 'save':
      return isText(run) ? { type, run } : undefined;
    case 'path':
      return isText(run) && isText(from) && isText(to) ? { type, run, from, to } : undefined;
    case 'node':
      return isText(node) ? { type, node } : undefined;
    case 'again':
      return { type };
    default:
      return undefined;
  }
}

/** A message of the editor to the result's page, or undefined. The view is our own; its shape is trusted, its texts are not. */
export function readToResult(value: unknown): ToResult | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['type']) {
    case 'result':
      return isText(value['message']) ? (value as unknown as Extract<ToResult, { type: 'result' }>) : undefined;
    case 'path':
      return Array.isArray(value['sentences']) ? (value as unknown as Extract<ToResult, { type: 'path' }>) : undefined;
    default:
      return undefined;
  }
}
