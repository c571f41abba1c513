/** Tooltips of the view *Network*: the facts, and where each comes from. Made when a row is hovered, not before. */
import * as vscode from 'vscode';
import { placeKey } from '../../core/network/place.js';
import type { Cluster } from '../cluster.js';
import { type Fact, tooltip } from '../markdown.js';
import type { ShownFinding, ShownFindings } from '../shownFindings.js';
import type { NetworkElement, NodeElement, PodElement, RangeElement } from './elements.js';
import { podWord, rangeWord, readyWord, severityWord } from './words.js';

const { t } = vscode.l10n;

export function tooltipOf(
  element: NetworkElement,
  cluster: Cluster,
  findings: ShownFindings,
): vscode.MarkdownString | undefined {
  switch (element.kind) {
    case 'context':
      return contextTooltip(cluster);
    case 'node':
      return nodeTooltip(element, findings.ofObject(element.ref));
    case 'range':
      return rangeTooltip(element, findings.ofPlace(placeKey(element.range.place)));
    case 'pod':
      return podTooltip(element, findings.ofObject(element.ref));
    case 'gap':
      return tooltip({ title: element.gap.resource, paragraphs: [element.gap.detail] });
    case 'unscheduled':
      return tooltip({
        title: t('Pods without a node'),
        paragraphs: [t('The scheduler has placed them nowhere (yet).')],
      });
    case 'note':
    case 'gaps':
    case 'more':
      return undefined;
  }
}

const findingFacts = (findings: readonly ShownFinding[]): Fact[] =>
  findings.map(({ finding, severity }) => ({
    label: `${finding.code}, ${severityWord(severity)}`,
    value: finding.message,
  }));

function contextTooltip({ identity, state, mirror }: Cluster): vscode.MarkdownString {
  const { reading } = mirror;
  return tooltip({
    title: identity.context,
    facts: [
      { label: t('API server'), value: identity.server, source: t('kubeconfig') },
      ...(state.phase === 'connected'
        ? [{ label: t('Kubernetes version'), value: state.version, source: '/version' }]
        : []),
      ...(state.phase === 'connected' && state.insecure
        ? [{ label: t('Warning'), value: t("The server's certificate is not verified."), source: t('kubeconfig') }]
        : []),
      {
        label: t('Networking solution'),
        value:
          reading.solution === 'unknown'
            ? t('not recognised')
            : reading.confidence === 'probable'
              ? t('probably {0}', [reading.title, reading.version ?? ''].join(' ').trim())
              : [reading.title, reading.version ?? ''].join(' ').trim(),
        ...(reading.evidence[0] === undefined ? {} : { source: reading.evidence[0].fact }),
      },
      { label: t('Nodes'), value: mirror.nodeCount.toLocaleString() },
      { label: t('Pods'), value: mirror.podCount.toLocaleString() },
    ],
  });
}

function nodeTooltip({ summary, readable }: NodeElement, findings: readonly ShownFinding[]): vscode.MarkdownString {
  if (!readable)
    return tooltip({
      title: t('Node {0}', summary.name),
      paragraphs: [t('Pods run on it. The node itself cannot be read, or does not exist any more.')],
      facts: [{ label: t('Pods'), value: summary.podCount.toLocaleString(), source: 'spec.nodeName' }],
    });
  return tooltip({
    title: t('Node {0}', summary.name),
    facts: [
      ...findingFacts(findings),
      {
        label: t('Internal addresses'),
        value: summary.internalIPs.join(', ') || t('none'),
        source: 'status.addresses',
      },
      {
        label: t('State'),
        value: summary.readyMessage === '' ? readyWord(summary) : `${readyWord(summary)}: ${summary.readyMessage}`,
        source: 'status.conditions, Ready',
      },
      ...(summary.unschedulable
        ? [{ label: t('Scheduling'), value: t('no new pods (cordoned)'), source: 'spec.unschedulable' }]
        : []),
      ...(summary.ranges.length === 0
        ? [{ label: t('Pod ranges'), value: t('none is assigned'), source: 'spec.podCIDRs' }]
        : summary.ranges.map((range) => ({
            label: t('Pod range'),
            value: [range.text, rangeWord(range)].filter((word) => word !== '').join(', '),
            source: range.placeText,
          }))),
      { label: t('Pods'), value: summary.podCount.toLocaleString(), source: 'spec.nodeName' },
      { label: 'Kubelet', value: summary.kubeletVersion, source: 'status.nodeInfo' },
      { label: t('Operating system'), value: summary.os, source: 'status.nodeInfo' },
    ],
  });
}

function rangeTooltip({ range, parent }: RangeElement, findings: readonly ShownFinding[]): vscode.MarkdownString {
  const use =
    range.used === undefined
      ? t('It cannot be told whether pods get their addresses from it.')
      : range.used
        ? t('Pods on this node get their addresses from it.')
        : t('It is assigned to the node, but the networking solution takes pod addresses from elsewhere.');
  return tooltip({
    title: range.text,
    paragraphs: [range.problem === undefined ? use : t('This is not a range: {0}', range.problem)],
    facts: [
      ...findingFacts(findings),
      { label: t('Pod range of node'), value: parent.summary.name, source: range.placeText },
    ],
  });
}

function podTooltip({ summary }: PodElement, findings: readonly ShownFinding[]): vscode.MarkdownString {
  return tooltip({
    title: t('Pod {0}', `${summary.namespace}/${summary.name}`),
    facts: [
      ...findingFacts(findings),
      { label: t('Addresses'), value: summary.ips.join(', ') || t('none'), source: 'status.podIPs' },
      ...(summary.hostNetwork
        ? [
            {
              label: t('Network'),
              value: t("the node's own: its addresses are the node's"),
              source: 'spec.hostNetwork',
            },
          ]
        : []),
      { label: t('Node'), value: summary.node === '' ? t('none yet') : summary.node, source: 'spec.nodeName' },
      { label: t('State'), value: podWord(summary), source: 'status.phase' },
    ],
  });
}
