/** What a right-click on a drawn thing hands to VS Code's own menu (`webview/context`), and so to the commands. */
import type { MapTarget } from '../src/core/map/model.js';

export const contextOf = (target: MapTarget): string =>
  JSON.stringify({ webviewSection: target.kind, mapTarget: target, preventDefaultContextMenuItems: true });

/** Nothing is under the pointer: no menu of ours, and not the browser's either. */
export const NO_CONTEXT = JSON.stringify({ webviewSection: 'none', preventDefaultContextMenuItems: true });
