/** Picks the port to probe: those that the target declares, or another one. */
import * as vscode from 'vscode';
import type { ProbeTarget } from '../../core/reach/report.js';
import type { Cluster } from '../cluster.js';

const { t } = vscode.l10n;

export interface Port {
  /** Undefined: the target's own choosing, and ICMP where it declares none. */
  readonly port: number | undefined;
  readonly protocol: 'tcp' | 'udp';
}

type PortItem = vscode.QuickPickItem & { readonly choice: Port | 'other' };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Ports that a pod's containers or a Service declare; SCTP is left out, since no tool probes it. */
export function declaredPorts(
  object: unknown,
): { readonly port: number; readonly protocol: 'tcp' | 'udp'; readonly name: string }[] {
  const spec = isRecord(object) ? object['spec'] : undefined;
  if (!isRecord(spec)) return [];
  const ports = [
    ...list(spec['containers']).flatMap((container) => (isRecord(container) ? list(container['ports']) : [])),
    ...list(spec['ports']),
  ];
  return ports.flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const port = entry['containerPort'] ?? entry['port'];
    const protocol = entry['protocol'] ?? 'TCP';
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) return [];
    if (protocol !== 'TCP' && protocol !== 'UDP') return [];
    const name = typeof entry['name'] === 'string' ? entry['name'] : '';
    return [{ port, protocol: protocol === 'UDP' ? ('udp' as const) : ('tcp' as const), name }];
  });
}

/** Lets the user choose; undefined when the pick was left. A target without ports of its own asks for a number at once. */
export async function pickPort(cluster: Cluster, target: ProbeTarget): Promise<Port | undefined> {
  const declared = await portsOf(cluster, target);
  const items: PortItem[] = declared.map(({ port, protocol, name }) => ({
    label: `${port}/${protocol.toUpperCase()}`,
    description: name,
    choice: { port, protocol },
  }));
  items.push({ label: t('Another Port…'), choice: 'other' });
  if (target.kind !== 'address' && declared.length === 0) {
    items.unshift({
      label: t('Whatever can be tried'),
      description: t('ICMP, or the kubelet of a node'),
      choice: { port: undefined, protocol: 'tcp' },
    });
  }
  const chosen =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: t('Port to Probe') });
  if (chosen === undefined) return undefined;
  return chosen.choice === 'other' ? enterPort() : chosen.choice;
}

async function portsOf(cluster: Cluster, target: ProbeTarget): Promise<ReturnType<typeof declaredPorts>> {
  if (target.kind !== 'pod' && target.kind !== 'service') return [];
  const kind = target.kind === 'pod' ? 'Pod' : 'Service';
  const { json } = await cluster.request('object', {
    ref: { apiVersion: 'v1', kind, namespace: target.namespace, name: target.name },
  });
  return declaredPorts(JSON.parse(json));
}

async function enterPort(): Promise<Port | undefined> {
  const read = (text: string): Port | undefined => {
    const [, digits = '', protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text.trim()) ?? [];
    const port = Number(digits);
    return port >= 1 && port <= 65535
      ? { port, protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp' }
      : undefined;
  };
  const text = await vscode.window.showInputBox({
    title: t('Port to Probe'),
    prompt: t('A port number, or number/udp'),
    validateInput: (typed) =>
      read(typed) === undefined ? t('A number from 1 to 65535, with /udp behind it for UDP') : undefined,
  });
  return text === undefined ? undefined : read(text);
}
