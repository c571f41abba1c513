#!/usr/bin/env node
/** The command line as a program: `node dist/cli.js COMMAND`. */
import { argv, exit, stderr, stdout } from 'node:process';
import { EXIT } from './command.js';
import { runCommandLine } from './commandLine.js';

async function start(): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stop.abort(new Error(`Interrupted by ${name}.`)));
  const written: Promise<void>[] = [];
  const to =
    (stream: NodeJS.WriteStream) =>
    (text: string): void =>
      void written.push(new Promise((resolve) => stream.write(text, () => resolve())));
  const code = await runCommandLine(argv.slice(2), { out: to(stdout), err: to(stderr) }, stop.signal);
  // A pipe may take its time; what is not written yet would be lost.
  await Promise.all(written);
  exit(code);
}

// A reader that has seen enough (`| head`) is no error of ours.
stdout.on('error', (error: NodeJS.ErrnoException) => exit(error.code === 'EPIPE' ? EXIT.clean : EXIT.failed));
void start();
