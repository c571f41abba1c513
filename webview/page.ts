/** What every page of ours needs of its frame: the channel to the editor, kept state, and the theme's colours. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Acquired once; a second call would throw. */
export const editor: VsCodeApi = acquireVsCodeApi();

/** The element of that id; pages and their scripts are written together, so its absence is a programming error. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

/** Reads a colour of the theme; the second name serves where a theme leaves the first out. */
export function themeColour(styles: CSSStyleDeclaration, name: string, fallback: string): string {
  const value = styles.getPropertyValue(`--vscode-${name}`).trim();
  return value === '' ? styles.getPropertyValue(`--vscode-${fallback}`).trim() || 'currentColor' : value;
}

/** Calls back when the user changes the colour theme: VS Code then changes the body's class and theme attributes. */
export function onThemeChange(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}
