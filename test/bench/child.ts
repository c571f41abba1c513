/** A process of the benchmark, which talks in lines of JSON. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#name = name;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    this.#process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    // A process that is gone cannot be written to; its end is seen where its next line is awaited.
    child.stdin.on('error', () => undefined);
  }

  /** The next line as a value. Throws when the process ends instead. */
  async next(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`${this.#name} ended without an answer`);
    return JSON.parse(line.value) as unknown;
  }

  async ask(line: string): Promise<unknown> {
    this.#process.stdin?.write(`${line}\n`);
    return this.next();
  }

  /** Closes its input and waits for its end. */
  async end(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      await new Promise((resolve) => this.#process.once('exit', resolve));
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
