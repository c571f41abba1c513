/**
 * Credentials from a program that the kubeconfig names (`user.exec`): asked for before its first start, run without a shell
 * and without standard input, its answer kept until it expires or the server refuses it.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins and
 * https://github.com/kubernetes/client-go/blob/master/plugin/pkg/client/auth/exec/exec.go
 */
import { AccessError } from '../access.js';
import { printable } from '../errors.js';
import type { Log } from '../log.js';
import type { CredentialCommand } from '../session.js';
import { execQuestion, parseExecAnswer, type ClusterInfo, type ExecAnswer } from './execCredential.js';
import { findProgram } from './findProgram.js';
import type { ExecEntry, UserEntry } from './model.js';
import { runProgram, type ProgramEnd } from './runProgram.js';
import { SharedRun } from './sharedRun.js';
import { pathsOf, type Surroundings } from './surroundings.js';

/** Asks the user; see `SessionHost.mayRun`. */
export type MayRun = (command: CredentialCommand, signal: AbortSignal) => Promise<boolean>;

/**
 * Some programs wait until the user has logged in with a browser; kubelogin gives that three minutes and then says so
 * itself, which tells more than our own limit.
 */
const TIME_LIMIT_MS = 190_000;
/**
 * A program that failed sooner than this has most likely not waited for anybody: it may be started again by itself. Of
 * `interactiveMode` that cannot be read: it speaks of standard input, which no program gets here
 * (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#ExecInteractiveMode).
 */
const SOON_MS = 5_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_STDERR_CHARACTERS = 600;

export interface ProgramParts {
  readonly user: UserEntry;
  readonly exec: ExecEntry;
  /** Asked for each run, because a certificate authority's file may have changed. */
  readonly clusterInfo: (signal: AbortSignal) => Promise<ClusterInfo>;
  readonly mayRun: MayRun;
  readonly surroundings: Surroundings;
  readonly log: Log;
}

export class CredentialProgram {
  readonly #parts: ProgramParts;
  readonly #runs = new SharedRun<ExecAnswer>();
  #answer: ExecAnswer | undefined;

  constructor(parts: ProgramParts) {
    this.#parts = parts;
  }

  /** The same object until it expires or is forgotten. Throws an `AccessError`, or the signal's reason. */
  async current(signal: AbortSignal): Promise<ExecAnswer> {
    const answer = this.#answer;
    const now = this.#parts.surroundings.now();
    if (answer !== undefined && (answer.expiresAt === undefined || now <= answer.expiresAt)) return answer;
    return this.#runs.join(async (runSignal) => (this.#answer = await this.#run(runSignal)), signal);
  }

  forget(): void {
    this.#answer = undefined;
  }

  async #run(signal: AbortSignal): Promise<ExecAnswer> {
    const { exec, user, surroundings, mayRun, clusterInfo, log } = this.#parts;
    if (exec.interactiveMode === 'Always')
      throw this.#failure(`wants to ask questions in a terminal (interactiveMode: Always), and there is none here`);
    const found = await findProgram(exec.command, surroundings);
    if (!found.ok) throw this.#failure(`cannot be started: ${found.problem}`, exec.installHint);

    const added = Object.fromEntries(exec.env.map(({ name, value }) => [name, value]));
    const command: CredentialCommand = {
      path: found.path,
      command: exec.command,
      args: exec.args,
      env: added,
      source: user.origin.file,
      installHint: printable(exec.installHint),
    };
    // Before each start: an answer that was remembered can be taken back.
    if (!(await mayRun(command, signal)))
      throw new AccessError(
        'declined',
        `The credential program ${found.path} of the user "${user.name}" was not allowed to run.`,
      );

    signal.throwIfAborted();
    const info = exec.provideClusterInfo ? await clusterInfo(signal) : undefined;
    const startedAt = surroundings.now();
    log('info', 'a credential program is started', { program: found.path, user: user.name });
    const end = await runProgram(
      {
        path: found.path,
        args: exec.args,
        environment: {
          ...withoutEditor(surroundings.environment),
          ...added,
          KUBERNETES_EXEC_INFO: execQuestion(exec.apiVersion, info),
        },
        // Neither a workspace nor any other place where files lie that nobody chose.
        directory: await this.#directory(),
        timeLimitMs: TIME_LIMIT_MS,
        maxOutputBytes: MAX_OUTPUT_BYTES,
      },
      signal,
    );
    const mayPass = surroundings.now() - startedAt < SOON_MS;
    const stdout = this.#stdoutOf(end, mayPass);
    const parsed = parseExecAnswer(stdout, exec.apiVersion);
    if (!parsed.ok) throw this.#failure(`gave no credentials: ${parsed.problem}`, end.stderr, mayPass);
    return parsed.answer;
  }

  async #directory(): Promise<string> {
    const { files, home, platform } = this.#parts.surroundings;
    const isDirectory = await files.facts(home).then(
      ({ kind }) => kind === 'directory',
      () => false,
    );
    return isDirectory ? home : pathsOf(platform).parse(home).root;
  }

  #stdoutOf(end: ProgramEnd, mayPass: boolean): string {
    switch (end.ended) {
      case 'exit':
        if (end.code === 0) return end.stdout;
        throw this.#failure(`ended with exit code ${end.code}`, end.stderr, mayPass);
      case 'signal':
        throw this.#failure(`was ended by ${end.signal}`, end.stderr, mayPass);
      case 'timeLimit':
        throw this.#failure(`did not end within ${TIME_LIMIT_MS / 1000} s`, end.stderr);
      case 'tooMuchOutput':
        throw this.#failure(`wrote more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MiB`, end.stderr);
      case 'notStarted':
        throw this.#failure(`cannot be started: ${end.error.message}`, this.#parts.exec.installHint);
    }
  }

  /** `more` is shown behind what happened: what the program said, or how to install it. */
  #failure(happened: string, more = '', mayPass = false): AccessError {
    const { exec, user } = this.#parts;
    const said = printable(lastLines(more));
    return new AccessError(
      'unauthenticated',
      `The credential program ${exec.command} of the user "${user.name}" ${happened}.${said === '' ? '' : ` ${said}`}`,
      undefined,
      mayPass,
    );
  }
}

/** The end of the text, from the beginning of a line if there is one. */
function lastLines(text: string): string {
  if (text.length <= MAX_STDERR_CHARACTERS) return text;
  const end = text.slice(-MAX_STDERR_CHARACTERS);
  return end.trimEnd().includes('\n') ? end.slice(end.indexOf('\n') + 1) : end;
}

/** The environment without what the editor sets for itself: `ELECTRON_RUN_AS_NODE` would change what a program is. */
function withoutEditor(environment: Surroundings['environment']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(ELECTRON_|VSCODE_)/i.test(name)));
}
