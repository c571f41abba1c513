/** `verify`: holds the promises of the Kubernetes network model against a cluster, with probe pods on every node. */
import { parseArgs } from 'node:util';
import { missingRights } from '../core/reach/plan.js';
import type { VerifyOptions, VerifyPlan, VerifyReport } from '../core/reach/verification.js';
import type { ClusterHost } from '../kube/clusterHost.js';
import { type Command, EXIT, type ExitCode, type Output, UsageError } from './command.js';
import { DEFAULT_TIMEOUT_SECONDS, timeoutOf, withCluster } from './connect.js';
import { planText, progressText, verifyJson, verifyText } from './verifyText.js';

const HELP = `Verifies the Kubernetes network model on a cluster: probe pods on every node try each other, and are taken away again.

Usage: cluster-network-inspector verify [OPTIONS]

Where:
  --kubeconfig FILE      the kubeconfig; else $KUBECONFIG, else ~/.kube/config
  --context NAME         its context; else the current one
  --timeout SECONDS      give up when the cluster is not read after so long (${DEFAULT_TIMEOUT_SECONDS}); probing has limits of its own
  --allow-credential-program
                         run the credential program that the kubeconfig names without asking

What:
  --plan                 print what would be created, and stop
  --yes                  create it; without this nothing is created
  --sweep                delete what runs of anybody left behind, and stop
  --image IMAGE          the probe image, an agnhost; else Kubernetes' own, by digest
  --namespace NAME       where the probe pods are made; else the context's namespace
  --pull-secret NAME     a pull secret of that namespace for the image; repeatable
  --host-network         probe pods on the nodes' own network too; the namespace must allow it
  --no-existing-pods     do not try pods that are there already as targets

How:
  --json                 JSON instead of text
  -h, --help             this text

Exit code: 0 every promise holds (what a NetworkPolicy denies breaks none), 1 one is violated, 2 could not run, or not
everything could be told.
`;

interface Options extends VerifyOptions {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly timeoutSeconds: number;
  readonly allowCredentialProgram: boolean;
  readonly planOnly: boolean;
  readonly yes: boolean;
  readonly sweep: boolean;
  readonly json: boolean;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        timeout: { type: 'string' },
        'allow-credential-program': { type: 'boolean' },
        plan: { type: 'boolean' },
        yes: { type: 'boolean' },
        sweep: { type: 'boolean' },
        json: { type: 'boolean' },
        image: { type: 'string' },
        namespace: { type: 'string' },
        'pull-secret': { type: 'string', multiple: true },
        'host-network': { type: 'boolean' },
        'no-existing-pods': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function optionsOf(args: readonly string[]): Options {
  const values = parse(args);
  return {
    kubeconfig: values.kubeconfig,
    context: values.context,
    timeoutSeconds: timeoutOf(values.timeout),
    allowCredentialProgram: values['allow-credential-program'] ?? false,
    planOnly: values.plan ?? false,
    yes: values.yes ?? false,
    sweep: values.sweep ?? false,
    json: values.json ?? false,
    ...(values.image === undefined ? {} : { image: values.image }),
    ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
    pullSecrets: values['pull-secret'] ?? [],
    hostNetwork: values['host-network'] ?? false,
    existingPods: !(values['no-existing-pods'] ?? false),
  };
}

/** The verdicts in one code: a violation counts more than what could not be told, that more than what holds. */
export function exitCodeOf(report: VerifyReport): ExitCode {
  const verdicts = report.promises.map((one) => one.verdict);
  if (verdicts.includes('violated')) return EXIT.found;
  const open = verdicts.some((verdict) => verdict === 'inconclusive' || verdict === 'notRun');
  return report.stopped !== '' || report.left.length > 0 || verdicts.length === 0 || open ? EXIT.failed : EXIT.clean;
}

export const verify: Command = {
  name: 'verify',
  summary: 'the promises of the Kubernetes network model, tried with probe pods',
  help: HELP,
  async run(args, output, signal) {
    const options = optionsOf(args);
    const connection = { ...options, namespaces: [], settings: {} };
    return await withCluster(connection, output, signal, async ({ host }) => {
      if (options.sweep) return await sweep(host, output, signal);
      const { image, namespace, pullSecrets, hostNetwork, existingPods } = options;
      const wanted = {
        ...(image === undefined ? {} : { image }),
        ...(namespace === undefined ? {} : { namespace }),
        pullSecrets: pullSecrets ?? [],
        hostNetwork: hostNetwork === true,
        existingPods: existingPods !== false,
      };
      const plan = await host.request('verifyPlan', wanted, signal);
      if (options.planOnly || !options.yes) return showPlan(plan, options, output);
      return await verifyNow(host, plan, options, output, signal);
    });
  },
};

async function sweep(host: ClusterHost, output: Output, signal: AbortSignal): Promise<ExitCode> {
  const { removed } = await host.request('sweep', { all: true }, signal);
  const lines = removed.map((one) => `deleted ${one.kind} ${one.namespace}/${one.name}\n`);
  output.out(lines.length === 0 ? 'Nothing was left.\n' : lines.join(''));
  return EXIT.clean;
}

function showPlan(plan: VerifyPlan, options: Options, output: Output): ExitCode {
  output.out(options.json ? `${JSON.stringify({ plan }, undefined, 2)}\n` : planText(plan));
  if (!options.planOnly) {
    output.err('Nothing was created. --yes creates these objects, and takes them away at the end.\n');
    return EXIT.failed;
  }
  return plan.rejected === '' && missingRights(plan.rights).length === 0 ? EXIT.clean : EXIT.failed;
}

async function verifyNow(
  host: ClusterHost,
  plan: VerifyPlan,
  options: Options,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const tell = (text: string): void => (options.json ? undefined : output.err(text));
  tell(planText(plan));
  // What earlier runs left, and nobody works with any more, goes first.
  await host.request('sweep', { all: false }, signal);
  // Interrupted, the run still ends by itself: it takes away what it created, and reports what it has.
  const untilTheEnd = new AbortController().signal;
  const cancel = (): void => void host.request('cancelRun', { run: plan.run }, untilTheEnd);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const report = await host.request('verify', { run: plan.run }, untilTheEnd, (step) => tell(progressText(step)));
    output.out(options.json ? `${JSON.stringify(verifyJson(report), undefined, 2)}\n` : verifyText(report));
    return exitCodeOf(report);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
