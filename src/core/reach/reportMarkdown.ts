/**
 * A probe's report as a Markdown page: verdicts with their evidence first, then how it was measured and how to repeat it.
 *
 * Texts of the cluster enter escaped, so that a pod's output cannot become a link, a picture or a heading.
 */
import { formatRef } from '../network/place.js';
import type { PolicyAnswer } from '../policy/evaluate.js';
import { describeEndpoint } from './endpoint.js';
import { bullet, codeBlock, escapeMarkdown } from './markdownText.js';
import { describeOutcome } from './outcome.js';
import { describeProbe } from './probe.js';
import { PROMISES, VERDICT_TITLES } from './promise.js';
import { formatSource, type Means, type ProbeReport } from './report.js';

function policyWords(policy: PolicyAnswer): string[] {
  switch (policy.kind) {
    case 'allowed':
      return policy.policies.length === 0
        ? ['no NetworkPolicy concerns this connection']
        : policy.policies.map((ref) => `${formatRef(ref)} allows it`);
    case 'denied':
      return policy.denials.map(({ why }) => why);
    case 'unknown':
      return [...policy.reasons];
  }
}

/** `pod shop/web-1 → pod shop/web-2: holds`. */
export function reportTitle(report: ProbeReport): string {
  const { source, target } = report.request;
  const from = `${report.means === 'pods' && source.kind !== 'node' ? 'beside ' : ''}${formatSource(source)}`;
  const to =
    target.kind === 'address'
      ? target.address
      : target.kind === 'node'
        ? `node ${target.name}`
        : `${target.kind} ${target.namespace}/${target.name}`;
  const [first] = report.promises;
  return `${from} → ${to}: ${VERDICT_TITLES[first?.verdict ?? 'notRun']}`;
}

const MEANS: Readonly<Record<Means, string>> = {
  exec: 'in the source’s own container',
  ephemeral: 'in an ephemeral container of the source pod, which stays in its spec until the pod is deleted',
  pods: 'by probe pods, which were taken away again',
};

/** One sentence that says why: the decisive piece of evidence, or what kept the probe from being made. */
export function reportReason(report: ProbeReport): string {
  return (
    report.promises[0]?.evidence[0] ??
    (report.notRun === undefined ? 'nothing was measured' : describeOutcome(report.notRun))
  );
}

export function reportMarkdown(report: ProbeReport): string {
  const { source, target, route, policy } = report;
  const lines: string[] = [`# ${escapeMarkdown(reportTitle(report))}`, ''];
  for (const { promise, verdict, evidence } of report.promises) {
    const { title, sentence, url } = PROMISES[promise];
    lines.push(
      `## ${title}: ${VERDICT_TITLES[verdict]}`,
      '',
      ...evidence.map(bullet),
      '',
      `> ${sentence}`,
      '>',
      `> <${url}>`,
      '',
    );
  }
  if (report.notRun !== undefined) lines.push('## Not measured', '', bullet(describeOutcome(report.notRun)), '');
  if (report.left.length > 0)
    lines.push(
      '## Left in the cluster',
      '',
      ...report.left.map(bullet),
      ...(report.means === 'ephemeral' ? [] : [bullet('the server takes it away at its deadline')]),
      '',
    );
  if (report.notes.length > 0) lines.push('## To be known', '', ...report.notes.map(bullet), '');
  lines.push('## Measured', '');
  if (source !== undefined) lines.push(bullet(`from ${describeEndpoint(source)}`));
  if (target !== undefined) lines.push(bullet(`to ${describeEndpoint(target)}`));
  lines.push(bullet(MEANS[report.means]), ...report.probes.map((probe) => bullet(describeProbe(probe))));
  if (report.beside !== undefined) {
    const { target: peer, probes } = report.beside;
    lines.push(bullet(`to ${describeEndpoint(peer)}, a probe pod on the target’s node`));
    lines.push(...probes.map((probe) => bullet(describeProbe(probe))));
  }
  lines.push(bullet(`started ${report.startedAt}, took ${Math.round(report.durationMs)} ms`), '');
  if (route !== undefined) lines.push('## Expected path', '', ...route.hops.map((hop) => bullet(hop.label)), '');
  if (policy !== undefined) lines.push('## NetworkPolicies', '', ...policyWords(policy).map(bullet), '');
  if (report.reproduce.length > 0)
    lines.push(
      '## Repeat by hand',
      '',
      // Scripts in them have several lines, which are part of the command.
      codeBlock('sh', report.reproduce.join('\n')),
      '',
    );
  return lines.join('\n');
}
