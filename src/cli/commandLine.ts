/** The list of commands, and choosing among them by the arguments. */
import { type Command, EXIT, type ExitCode, type Output, UsageError } from './command.js';
import { report } from './report.js';
import { verify } from './verify.js';

const COMMANDS: readonly Command[] = [report, verify];

const USAGE = `Cluster Network Inspector: the network of a Kubernetes cluster, read and checked.

Usage: cluster-network-inspector COMMAND [OPTIONS]

Commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}

Help on a command: cluster-network-inspector COMMAND --help
Exit code: 0 clean, 1 findings of severity error, 2 could not run.
`;

/** Runs the command that the arguments name. Never rejects: what goes wrong is told, and ends in an exit code. */
export async function runCommandLine(args: readonly string[], output: Output, signal: AbortSignal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    output.out(USAGE);
    return EXIT.clean;
  }
  if (name === undefined) {
    output.err(USAGE);
    return EXIT.failed;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    output.err(`There is no command "${name}".\n\n${USAGE}`);
    return EXIT.failed;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    output.out(command.help);
    return EXIT.clean;
  }
  try {
    return await command.run(rest, output, signal);
  } catch (error) {
    output.err(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) output.err(`\n${command.help}`);
    return EXIT.failed;
  }
}
