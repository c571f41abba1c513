/**
 * What the product's script for verifying a whole cluster prints in a simulated probe pod. The programs that it runs are the
 * simulated ones; packets have no size, so that what is large passes where what is small does.
 */
import type { ExecRequest } from '../exec.js';

/** Runs a simulated program; gives its exit code. */
type Run = (tool: string, args: readonly string[], request: ExecRequest) => Promise<number>;

const MTU = 1450;

interface Target {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly tcp: string;
  readonly udp: string;
  readonly source: string;
}

async function targetsOf(request: ExecRequest): Promise<Target[]> {
  let text = '';
  for await (const bytes of request.stdin) {
    text += bytes.toString('utf8');
    if (/(^|\n)\.\n/.test(text)) break;
  }
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(({ length }) => length === 6)
    .map(([id = '', kind = '', address = '', tcp = '', udp = '', source = '']) => ({
      ...{ id, kind, address, tcp, udp, source },
    }));
}

export async function nodeScript(request: ExecRequest, run: Run): Promise<number> {
  const started = Date.now();
  const uptime = (): string => ((Date.now() - started) / 1000 + 100).toFixed(2);
  const attempt = async (target: Target, what: string, tool: string, args: readonly string[]): Promise<boolean> => {
    const begin = uptime();
    let said = '';
    const hear = (text: string | Buffer): void => void (said += text.toString());
    const code = await run(tool, args, { ...request, stdout: hear, stderr: hear });
    const lines = said.split('\n').filter((line) => line !== '');
    request.stdout(`probe ${target.id} ${what} ${begin} ${uptime()} ${[...lines, `exit ${code}`].join('|')}\n`);
    return code === 0;
  };
  request.stdout(`probe mtu ${MTU}\n`);
  const targets = await targetsOf(request);
  await Promise.all(
    targets.map(async (target) => {
      const host = target.address.includes(':') ? `[${target.address}]` : target.address;
      const tcp = async (): Promise<void> => {
        if (!(await attempt(target, 'tcp', '/agnhost', ['connect', `${host}:${target.tcp}`, '--timeout=3s']))) return;
        if (target.kind !== 'pod') return;
        const fetch = (what: string, url: string) => attempt(target, what, 'wget', ['-q', '-O', '-', url]);
        await fetch('who', `http://${host}:${target.source}/clientip`);
        await fetch('name', `http://${host}:${target.tcp}/hostname`);
      };
      const datagram = (what: string) =>
        attempt(target, what, '/agnhost', ['connect', `${host}:${target.udp}`, '--protocol=udp', '--timeout=1s']);
      const udp = async (): Promise<void> => {
        let good = false;
        for (let tries = 0; tries < (target.kind === 'loss' ? 10 : 3); tries++) good = (await datagram('udp')) || good;
        if (good && target.kind === 'pod') await datagram('large');
      };
      const icmp = async (): Promise<void> => {
        await attempt(target, 'icmp', 'ping', ['-c', '2', '-W', '2', target.address]);
      };
      switch (target.kind) {
        case 'pod':
          await Promise.all([tcp(), udp(), icmp()]);
          break;
        case 'tcp':
          await tcp();
          break;
        case 'icmp':
          await icmp();
          break;
        case 'loss':
          await udp();
          break;
      }
    }),
  );
  request.stdout('probe end\n');
  return 0;
}
