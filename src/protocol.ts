/** Messages between the editor and the map's webview, typed once for both ends. Unknown messages are ignored and logged. */
import type { MapModel } from './core/map/model.js';

export type ToWebview =
  { readonly type: 'model'; readonly model: MapModel } | { readonly type: 'select'; readonly id: string };

export type ToEditor =
  /** Nothing is posted before this arrived. */
  | { readonly type: 'ready' }
  | { readonly type: 'select'; readonly id: string }
  | { readonly type: 'log'; readonly text: string };
