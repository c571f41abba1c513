/**
 * VS Code's workbench as a user meets it, for suites in `test/ui/NAME.test.ts` (run: `npm run test:ui -- [part of a name …]`).
 *
 *     import { uiTest } from '../host/workbench.js';
 *
 *     uiTest('a pod can be copied', { files: { 'net.yaml': text }, settings: { 'clusterNetwork.kubeconfig': file } }, async (w) => {
 *       await w.openView();
 *       await w.expand('node-1');
 *       await w.choose('web-1', 'Copy IP');                       // right-click, then the menu's entry
 *       await w.runCommand('Cluster Network: Open Network Map');  // command palette
 *       await w.webview().getByRole('button', { name: 'Fit' }).click();
 *       await w.screenshots('map');                               // test-results/map-light.png, -dark, -contrast, -contrastLight
 *     });
 *
 * The *packaged* extension is installed in a VS Code server of its own data, home and settings; there is no kubeconfig until
 * the test gives one. A test that needs a cluster starts the test API server in its own process and gives its kubeconfig as a
 * setting. Servers and browser are shared by all tests of a run and by all files; every test gets a fresh window, in a fresh
 * folder, with fresh settings. Locators wait by themselves (40 seconds at most): never sleep. A test that fails leaves
 * `test-results/failed-….png` and prints the log of the extension host.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser, openPage } from './browser.js';
import { NPM_VSCODE, TEST_RESULTS } from './paths.js';
import { startServer, type Settings, type VsCodeServer } from './server.js';
import { packagedExtension } from './vsix.js';

/** Themes by the word that their screenshots carry, with the class that the workbench has under them. */
const THEMES = {
  light: { label: 'Light Modern', className: 'vs' },
  dark: { label: 'Dark Modern', className: 'vs-dark' },
  contrast: { label: 'Default High Contrast', className: 'hc-black' },
  contrastLight: { label: 'Default High Contrast Light', className: 'hc-light' },
} as const;
export type Theme = keyof typeof THEMES;
const ALL_THEMES: readonly Theme[] = ['light', 'dark', 'contrast', 'contrastLight'];

export interface WorkbenchOptions {
  readonly settings?: Settings;
  /** Files of the window's folder: path → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** `false` opens the folder in Restricted Mode. */
  readonly trusted?: boolean;
  /** Environment of the extension host. Given, the test gets a server of its own (a second more). */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of unpacked extensions beside ours. Given, the test gets a server of its own. */
  readonly extensions?: readonly string[];
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

let browser: Promise<Browser> | undefined;
const servers = new Map<string, Promise<VsCodeServer>>();

/** One browser and one server for each kind of test, kept until the last test of this process is over. */
function sharedBrowser(): Promise<Browser> {
  browser ??= launchBrowser();
  return browser;
}
function sharedServer(options: WorkbenchOptions): Promise<VsCodeServer> {
  const { trusted = true, env = {}, extensions = [] } = options;
  const key = JSON.stringify([trusted, env, extensions]);
  const known = servers.get(key);
  if (known !== undefined) return known;
  const started = startServer({ vsix: packagedExtension(), trusted, env, extensions });
  servers.set(key, started);
  return started;
}
/** Ends what was started. What could not be started has failed its tests already; it must not keep the rest from ending. */
async function endShared(): Promise<void> {
  const started = await Promise.allSettled([browser, ...servers.values()]);
  await Promise.all(
    started.map(async (one) => {
      if (one.status === 'rejected' || one.value === undefined) return;
      await ('stop' in one.value ? one.value.stop() : one.value.close());
    }),
  );
}

/** Opens a window outside of a test, and takes everything away again, whatever happened. */
export async function withWorkbench(
  options: WorkbenchOptions,
  body: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  try {
    const workbench = await openWorkbench(options);
    try {
      await body(workbench);
    } finally {
      await workbench.close();
    }
  } finally {
    await endShared();
  }
}

/** Opens a window in a fresh folder. Prefer `uiTest`, which also closes it and keeps what a failure looked like. */
async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const server = await sharedServer(options);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ws-'));
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const theme = options.theme ?? 'light';
  const settings = { ...options.settings, 'workbench.colorTheme': THEMES[theme].label };
  server.resetSettings(settings);
  const viewport = { width: options.width ?? 1280, height: options.height ?? 800 };
  const page = await openPage(await sharedBrowser(), `${server.base}/?folder=${encodeURIComponent(folder)}`, viewport);
  await page.locator(`.monaco-workbench.${THEMES[theme].className}`).waitFor();
  return new Workbench(page, server, folder, settings, theme);
}

/** What an open quick input asks: its title and what stands in the empty input; empty when there is none. An expression of the browser. */
const QUESTION = `(() => {
  const widget = document.querySelector('.quick-input-widget');
  if (widget === null || widget.style.display === 'none') return '';
  return (widget.querySelector('.quick-input-title')?.textContent ?? '') + (widget.querySelector('input')?.placeholder ?? '');
})()`;

export class Workbench {
  /** Playwright's page, for whatever is not here. */
  readonly page: Page;
  /** The folder that the window shows, on disk. */
  readonly folder: string;
  readonly #server: VsCodeServer;
  #settings: Settings;
  #theme: Theme;

  constructor(page: Page, server: VsCodeServer, folder: string, settings: Settings, theme: Theme) {
    this.page = page;
    this.folder = folder;
    this.#server = server;
    this.#settings = settings;
    this.#theme = theme;
  }

  // --- views and trees

  /** Opens a view container by its title in the activity bar, unless it is open. */
  async openView(title: string | RegExp = 'Cluster Network'): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page.locator('.sidebar .pane-body').first().waitFor();
  }

  /**
   * An item of a tree by its accessible name (a part of it, or a pattern), in one view or in all that are open: name the view
   * where another one may show the same thing, such as a pod in a finding. A tree draws only what is in sight: an item far down
   * exists after the tree was scrolled to it.
   */
  treeItem(name: string | RegExp, view?: string): Locator {
    const sidebar = this.page.locator('.sidebar');
    if (view === undefined) return sidebar.getByRole('treeitem', { name });
    const header = this.page.locator(`.pane-header[aria-label^="${view}"]`);
    return sidebar.locator('.pane', { has: header }).getByRole('treeitem', { name });
  }

  #item(target: string | RegExp | Locator): Locator {
    return typeof target === 'string' || target instanceof RegExp ? this.treeItem(target).first() : target.first();
  }

  /** The text that an empty view shows instead of a tree. */
  welcome(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .welcome-view-content', { hasText: text });
  }

  /** The words above a tree. */
  viewMessage(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .tree-explorer-viewlet-tree-view .message', { hasText: text });
  }

  /** The accessible names of the items in sight, from top to bottom. */
  async treeItems(): Promise<string[]> {
    await this.page.locator('.sidebar [role="treeitem"]').first().waitFor();
    return this.#topDown('.sidebar [role="treeitem"]', 'element.getAttribute("aria-label")');
  }

  /**
   * What an expression says of every matching element, in the order in which they stand on the screen: lists and editors keep
   * their rows in no order. An expression in text, because it runs in the browser, whose types this project does not load.
   */
  #topDown(selector: string, expression: string): Promise<string[]> {
    return this.page.evaluate<string[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})]
        .map((element) => ({ top: element.getBoundingClientRect().top, text: ${expression} ?? '' }))
        .sort((a, b) => a.top - b.top).map(({ text }) => text.replaceAll('\u00a0', ' '))`,
    );
  }

  /** Expands an item, unless it is. */
  async expand(target: string | RegExp | Locator): Promise<void> {
    const item = this.#item(target);
    await item.waitFor();
    if ((await item.getAttribute('aria-expanded')) === 'true') return;
    await item.click();
    await this.page.keyboard.press('ArrowRight');
    await item.and(this.page.locator('[aria-expanded="true"]')).waitFor();
  }

  /**
   * The text of a tree item's tooltip, as it stands in the hover, once it says what is expected: rows that come or go move
   * another one under the mouse, and one that is drawn anew forgets that it is pointed at.
   */
  async tooltip(target: string | RegExp | Locator, expected: RegExp): Promise<string> {
    const hover = this.page.locator('.workbench-hover', { hasText: expected }).first();
    const item = this.#item(target);
    const { width, height } = this.page.viewportSize() ?? { width: 1280, height: 800 };
    for (let attempt = 1; ; attempt++) {
      // Away, so that a hover of another row closes and coming back is news.
      await this.page.mouse.move(width / 2, height / 2);
      await item.hover({ position: { x: 30 + 4 * attempt, y: 8 } });
      try {
        await hover.waitFor({ timeout: 4_000 });
        return await hover.innerText();
      } catch (error) {
        if (attempt === 8) throw error;
      }
    }
  }

  // --- menus, palette, notifications

  /** Right-clicks and gives the entries of the menu, which stays open. */
  async contextMenu(target: string | RegExp | Locator): Promise<string[]> {
    await this.#item(target).click({ button: 'right' });
    const entries = this.page.getByRole('menuitem');
    await entries.first().waitFor();
    return (await entries.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Right-clicks and picks an entry. */
  async choose(target: string | RegExp | Locator, entry: string | RegExp): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: entry }).first();
    // A menu shows what could be done when it was opened, as the palette does.
    for (let attempt = 1; ; attempt++) {
      await this.contextMenu(target);
      await item.waitFor();
      if ((await item.getAttribute('aria-disabled')) !== 'true') break;
      if (attempt === 12) throw new Error(`the menu's entry stays disabled: ${entry.toString()}`);
      await this.page.keyboard.press('Escape');
      await item.waitFor({ state: 'detached' });
    }
    // A menu that has only just opened takes the first click for the end of the one that opened it.
    for (let attempt = 1; ; attempt++) {
      await item.click();
      try {
        await item.waitFor({ state: 'detached', timeout: 3_000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
  }

  /** What the command palette offers for a text. Leaves the palette closed. */
  async paletteEntries(text: string): Promise<string[]> {
    await this.#openPalette(text);
    const rows = await this.quickPickRows().allInnerTexts();
    await this.page.keyboard.press('Escape');
    return rows.map((row) => row.replace(/\s+/g, ' ').trim());
  }

  /** Runs a command by its full title in the palette (`Category: Title`). Fails when the palette does not offer it. */
  async runCommand(title: string): Promise<void> {
    const row = this.quickPickRows().filter({ hasText: title }).first();
    // The palette shows what could be run when it was opened: what became possible since is there when it is opened again.
    for (let attempt = 1; ; attempt++) {
      await this.#openPalette(title);
      try {
        await row.click({ timeout: 5_000 });
        return;
      } catch (error) {
        if (attempt === 6) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  async #openPalette(text: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.quickInput();
    await input.waitFor();
    await input.fill(`>${text}`);
    await this.quickPickRows().first().waitFor();
  }

  /** The input of an open quick pick or input box. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget input').first();
  }

  quickPickRows(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
  }

  /** Picks a row of an open quick pick by a part of its text. A click on a list that is just being filled anew is lost. */
  async pick(text: string | RegExp): Promise<void> {
    const row = this.quickPickRows().filter({ hasText: text }).first();
    await row.waitFor();
    const question = await this.page.evaluate<string>(QUESTION);
    for (let attempt = 1; ; attempt++) {
      await row.click();
      try {
        await this.page.waitForFunction(`${QUESTION} !== ${JSON.stringify(question)}`, undefined, { timeout: 4_000 });
        return;
      } catch (error) {
        // The next question may have the same words, over other rows.
        if ((await row.count()) === 0) return;
        if (attempt === 4) throw error;
      }
    }
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** A modal dialog. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  // --- editors, problems, webviews

  /** Opens a file of the folder by name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput().fill(name);
    await this.quickPickRows()
      .filter({ hasText: path.basename(name) })
      .first()
      .click();
    await this.editorTab(path.basename(name)).waitFor();
  }

  editorTab(title: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name: title });
  }

  /** The text in sight of the active editor, line by line. */
  async editorLines(): Promise<string[]> {
    await this.page.locator('.editor-instance .view-line').first().waitFor();
    return this.#topDown('.editor-instance .view-line', 'element.textContent');
  }

  /** The underlined places of the editors in sight. */
  squiggles(severity: 'error' | 'warning' | 'info' | 'hint' = 'error'): Locator {
    return this.page.locator(`.squiggly-${severity}`);
  }

  /** Opens the Problems panel and gives its rows; "No problems…" stands in `problemsPanel()`. */
  async problems(): Promise<Locator> {
    if (!(await this.problemsPanel().isVisible())) await this.page.keyboard.press('Control+Shift+M');
    await this.problemsPanel().waitFor();
    return this.problemsPanel().locator('.monaco-list-row');
  }

  problemsPanel(): Locator {
    return this.page.locator('.markers-panel');
  }

  /** The document inside the `index`th webview. */
  webview(index = 0): FrameLocator {
    return this.page.locator('iframe.webview.ready').nth(index).contentFrame().frameLocator('iframe#active-frame');
  }

  clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  // --- settings, files, themes, pictures

  /** Sets settings beside those that the window was opened with, while it is open; `undefined` takes one back. */
  set(settings: Settings): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#server.changeSettings(this.#settings);
  }

  /** What the extension, or the user by hand, has written to the user's settings. */
  userSettings(): Settings {
    return this.#server.userSettings();
  }

  writeFile(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  async setTheme(theme: Theme): Promise<void> {
    this.#theme = theme;
    this.set({ 'workbench.colorTheme': THEMES[theme].label });
    await this.page.locator(`.monaco-workbench.${THEMES[theme].className}`).waitFor();
  }

  /** A picture of the window: test-results/NAME-THEME.png. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(TEST_RESULTS, { recursive: true });
    // Out of the way, else the tooltip of what is under the mouse is in the picture.
    await this.page.mouse.move(this.page.viewportSize()?.width ?? 0, 0);
    await this.page.screenshot({ path: path.join(TEST_RESULTS, `${name}-${this.#theme}.png`), animations: 'disabled' });
  }

  /**
   * The same window in several themes, one picture each; ends in the theme it began in. Without `--themes` only in that one:
   * nothing is compared, and each theme takes seconds.
   */
  async screenshots(name: string, themes: readonly Theme[] = ALL_THEMES): Promise<void> {
    const before = this.#theme;
    for (const theme of inAllThemes ? themes : [before]) {
      await this.setTheme(theme);
      await this.screenshot(name);
    }
    await this.setTheme(before);
  }

  /** The ends of the logs of the server, the extension host and the extension. */
  logs(): string {
    return this.#server.logs();
  }

  async close(): Promise<void> {
    await this.page.context().close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

let tests = 0;
let inAllThemes = false;
/** Pictures are taken in every theme from here on. */
export function takeAllThemes(): void {
  inAllThemes = true;
}
let share = { part: 1, of: 1 };
/** Of the tests that are registered from here on, one in `of` runs in this process, beginning with the `part`th. */
export function takeShare(part: number, of: number): void {
  share = { part, of };
}
/** How many tests the files loaded so far have registered. */
export function registered(): number {
  return tests;
}

/** Registers a test that gets a window of its own. */
export function uiTest(title: string, options: WorkbenchOptions, body: (workbench: Workbench) => Promise<void>): void {
  if (tests === 0) after(endShared);
  tests += 1;
  if (tests % share.of !== share.part % share.of) return;
  const skip = NPM_VSCODE ? false : 'UI suites need VS Code out of npm, which runs on Linux x64 only';
  void test(title, { skip, timeout: 180_000 }, async () => {
    const workbench = await openWorkbench(options);
    try {
      await body(workbench);
    } catch (error) {
      await workbench.screenshot(`failed-${title.replace(/[^a-z0-9]+/gi, '-')}`);
      console.error(workbench.logs());
      throw error;
    } finally {
      await workbench.close();
    }
  });
}

/** Waits until `get` gives what is expected, for what has no locator; fails with the difference after the limit. */
export async function eventually<T>(get: () => Promise<T>, expected: T, limitMs = 40_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      assert.deepEqual(await get(), expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
