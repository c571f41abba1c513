/** Runs a program to its end within a time limit, keeps its output, and lets nothing outlive this process. */
import { spawn, spawnSync } from 'node:child_process';

const running = new Set();

function killTree(child) {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
  else {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // ESRCH: gone already
    }
  }
}
process.on('exit', () => {
  for (const child of running) killTree(child);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/**
 * `command` is a list (program and arguments) or, for npm and npx, which are shell scripts on Windows, a line for the shell;
 * no line is ever put together from anything that comes from outside. With `live`, the output also goes to the terminal at once.
 */
export function run(command, { cwd, env = {}, limitMs, live = false }) {
  return new Promise((resolve) => {
    const [program, ...args] = typeof command === 'string' ? [command] : command;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      shell: typeof command === 'string',
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that what it starts can be ended with it.
      detached: process.platform !== 'win32',
    });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (live) process.stdout.write(text);
      });
    }
    const timer = setTimeout(() => {
      output += `\nStopped: not done within ${limitMs / 1000} seconds.\n`;
      killTree(child);
    }, limitMs);
    const end = (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
