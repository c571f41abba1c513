/** The shape that every subcommand's file has. `commandLine.ts` is the list. */

/** Where a command writes; so that tests can read it. */
export interface Output {
  /** The result. */
  readonly out: (text: string) => void;
  /** What is not the result: errors, questions, what is being waited for. */
  readonly err: (text: string) => void;
}

/** clean: ran, and nothing of severity error was found. found: at least one error. failed: could not run. */
export const EXIT = { clean: 0, found: 1, failed: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help, ending in a line break. */
  readonly help: string;
  /**
   * Runs it. Rejects with a `UsageError` where the arguments are wrong, with any other error where it could not run.
   * When `signal` aborts, it ends soon and leaves nothing behind.
   */
  readonly run: (args: readonly string[], output: Output, signal: AbortSignal) => Promise<ExitCode>;
}

/** The arguments are wrong; `message` says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
