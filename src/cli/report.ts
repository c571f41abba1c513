/** `report`: nodes, ranges, findings and gaps of a cluster, or of a file of its objects. */
import { parseArgs } from 'node:util';
import { SEVERITIES, type Severity } from '../core/checks/check.js';
import { CHECKS, type CheckSettings } from '../core/checks/index.js';
import { reportedOfCluster } from './clusterReport.js';
import { type Command, EXIT, UsageError } from './command.js';
import { DEFAULT_TIMEOUT_SECONDS, timeoutOf } from './connect.js';
import { reportedOfFiles } from './picture.js';
import { reportJson } from './reportJson.js';
import { countsOf, reportText } from './reportText.js';

const HELP = `Prints the nodes, ranges, findings and gaps of a cluster, or of a file of its objects.

Usage: cluster-network-inspector report [OPTIONS]

Where from:
  --kubeconfig FILE      the kubeconfig; else $KUBECONFIG, else ~/.kube/config
  --context NAME         its context; else the current one
  --namespace NAME       read pods and services of this namespace where the whole cluster may not be read; repeatable
  --timeout SECONDS      give up when not everything is read after so long (${DEFAULT_TIMEOUT_SECONDS})
  --allow-credential-program
                         run the credential program that the kubeconfig names without asking
  --objects FILE         no cluster: objects that "kubectl get ... -o json" wrote; "-" is standard input; repeatable

How:
  --json                 JSON instead of text; its shape: docs/report.schema.json
  --severity CODE=LEVEL  set a check's severity (${SEVERITIES.join(', ')}) or switch it off (off); repeatable
  -h, --help             this text

Exit code: 0 no finding of severity error, 1 at least one, 2 could not run.
`;

interface Options {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly namespaces: readonly string[];
  readonly timeoutSeconds: number;
  readonly allowCredentialProgram: boolean;
  readonly objects: readonly string[];
  readonly json: boolean;
  readonly settings: CheckSettings;
}

function settingsOf(texts: readonly string[]): CheckSettings {
  const levels: readonly string[] = [...SEVERITIES, 'off'];
  return Object.fromEntries(
    texts.map((text) => {
      const [code = '', level = ''] = text.split('=');
      if (!CHECKS.some((check) => check.code === code))
        throw new UsageError(`--severity ${text}: there is no check ${code}.`);
      if (!levels.includes(level))
        throw new UsageError(`--severity ${text}: the level must be one of ${levels.join(', ')}.`);
      return [code, level as Severity | 'off'];
    }),
  );
}

function optionsOf(args: readonly string[]): Options {
  const parsed = parse(args);
  const { values } = parsed;
  const objects = values.objects ?? [];
  const ofCluster = ['kubeconfig', 'context', 'namespace', 'timeout', 'allow-credential-program'] as const;
  const both = ofCluster.find((name) => values[name] !== undefined);
  if (objects.length > 0 && both !== undefined)
    throw new UsageError(`--objects reads no cluster, so --${both} has no meaning beside it.`);
  return {
    kubeconfig: values.kubeconfig,
    context: values.context,
    namespaces: values.namespace ?? [],
    timeoutSeconds: timeoutOf(values.timeout),
    allowCredentialProgram: values['allow-credential-program'] ?? false,
    objects,
    json: values.json ?? false,
    settings: settingsOf(values.severity ?? []),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        namespace: { type: 'string', multiple: true },
        timeout: { type: 'string' },
        'allow-credential-program': { type: 'boolean' },
        objects: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        severity: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export const report: Command = {
  name: 'report',
  summary: 'nodes, ranges, findings and gaps of a cluster or of a file of objects',
  help: HELP,
  async run(args, output, signal) {
    const options = optionsOf(args);
    const reported =
      options.objects.length > 0
        ? await reportedOfFiles(options.objects, options.settings, signal)
        : await reportedOfCluster(options, output, signal);
    output.out(options.json ? `${JSON.stringify(reportJson(reported), undefined, 2)}\n` : reportText(reported));
    return countsOf(reported.picture.findings).error > 0 ? EXIT.found : EXIT.clean;
  },
};
