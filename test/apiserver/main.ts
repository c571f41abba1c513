/**
 * The simulated API server as a process of its own:
 *
 *     --scenario NAME        which cluster; `lecture` unless told otherwise
 *     --nodes N --pods N     the size, for scenarios of any size
 *     --seed N               for whatever is random
 *     --port N               0, the default, takes a free one
 *     --kubeconfig-out FILE  where the kubeconfig goes (its directory must exist)
 *     --user NAME            whose kubeconfig it is; `admin` unless told otherwise
 *
 * It prints one line of JSON when it is ready, and stops on SIGTERM, SIGINT or the end of its standard input.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scenarioNamed, scenarios } from '../scenarios/index.js';
import { ApiServer } from './server.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'lecture' },
      nodes: { type: 'string', default: '100' },
      pods: { type: 'string', default: '3000' },
      seed: { type: 'string', default: '1' },
      port: { type: 'string', default: '0' },
      'kubeconfig-out': { type: 'string' },
      user: { type: 'string', default: 'admin' },
    },
  });
  const scenario = scenarioNamed(values.scenario);
  if (scenario === undefined) {
    console.error(`no scenario ${values.scenario}; there are: ${scenarios.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const seed = Number(values.seed);
  const cluster = scenario.build({
    now: new Date(),
    seed,
    nodes: Number(values.nodes),
    pods: Number(values.pods),
  });
  const server = await ApiServer.start({ cluster, seed, port: Number(values.port) });
  const kubeconfig = values['kubeconfig-out'];
  if (kubeconfig !== undefined) {
    writeFileSync(kubeconfig, server.kubeconfig({ user: values.user }), { mode: 0o600 });
  }
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdin.on('end', stop).resume();
  console.log(
    JSON.stringify({ ready: true, scenario: scenario.name, url: server.url, context: server.context, kubeconfig }),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
