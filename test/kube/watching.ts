/** A cluster host that is watched: what it logged, and waiting until something about it is so. */
import type { Finding } from '../../src/core/checks/check.js';
import { ClusterHost } from '../../src/kube/clusterHost.js';
import type { ClusterAccess } from '../../src/kube/access.js';
import { logTo } from '../../src/kube/log.js';
import type { ConnectionState, SessionChange, SessionOptions } from '../../src/kube/session.js';
import { TIMING, type Timing } from '../../src/kube/timing.js';

export interface Watching {
  readonly host: ClusterHost;
  /** Seconds, level and text of each line, states among them. */
  readonly lines: readonly string[];
  readonly states: readonly ConnectionState[];
  readonly changes: readonly SessionChange[];
  /** What is found at this moment, by identity. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** Waits until it holds, looking whenever the host says something; fails with the last lines of the log. */
  until(what: string, limitMs: number, holds: () => boolean): Promise<void>;
  /** Waits until everything is read. */
  complete(limitMs?: number): Promise<void>;
  end(): void;
}

export const OPTIONS: SessionOptions = {
  namespaces: [],
  severities: {},
  workstation: false,
  requestTimeoutSeconds: 10,
};

export function watchHost(
  access: ClusterAccess,
  { timing = {}, options = {} }: { readonly timing?: Partial<Timing>; readonly options?: Partial<SessionOptions> } = {},
): Watching {
  const lines: string[] = [];
  const states: ConnectionState[] = [];
  const changes: SessionChange[] = [];
  const findings = new Map<string, Finding>();
  const listeners = new Set<() => void>();
  const started = Date.now();
  const look = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const note = (text: string): void => {
    lines.push(`${((Date.now() - started) / 1000).toFixed(2)} ${text}`);
    look();
  };
  const host = new ClusterHost({
    access,
    options: { ...OPTIONS, ...options },
    log: logTo(({ level, text }) => note(`${level} ${text}`)),
    onState: (state) => {
      states.push(state);
      note(`state ${JSON.stringify(state)}`);
    },
    onChange: (change) => {
      changes.push(change);
      for (const id of change.findings?.removed ?? []) findings.delete(id);
      for (const finding of change.findings?.upserted ?? []) findings.set(finding.id, finding);
      look();
    },
    timing: { ...TIMING, ...timing },
  });
  host.start();
  const until: Watching['until'] = (what, limitMs, holds) =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(limit);
        listeners.delete(check);
      };
      const check = (): void => {
        if (!holds()) return;
        settle();
        resolve();
      };
      const limit = setTimeout(() => {
        settle();
        reject(new Error(`not within ${limitMs / 1000} s: ${what}\n${lines.slice(-60).join('\n')}`));
      }, limitMs);
      listeners.add(check);
      check();
    });
  return {
    host,
    lines,
    states,
    changes,
    findings,
    until,
    complete: (limitMs = 60_000) =>
      until('everything is read', limitMs, () => host.state.phase === 'connected' && host.state.complete),
    end: () => host.dispose(),
  };
}
