/** CN410: Calico has no address for a node, or one for several. */
import { formatAddress, parseAddress } from '../ip/address.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { isSettling } from './age.js';
import { type Check, type Finding, finding } from './check.js';
import { groupBy } from './groupBy.js';
import { ALL_PODS_REACH_ALL } from './sources.js';
import { capped, nodeSubject } from './subjects.js';
import { agree, counted, listing } from './wording.js';

export const calicoNodeAddress: Check = {
  code: 'CN410',
  name: 'calicoNodeAddress',
  title: 'Calico has no address for a node, or one for several',
  explanation: `Calico writes the address by which it reaches a node into the annotation \`projectcalico.org/IPv4Address\`. Without one, the node takes no part in routing; with the address of another node, routes and tunnels for both lead to one machine. The cause is mostly that Calico picked a wrong interface.

**What to do.** Set \`IP_AUTODETECTION_METHOD\` of calico-node (\`kubernetes-internal-ip\`, \`can-reach=…\`, \`interface=…\`), or \`nodeAddressAutodetectionV4\` of the operator's Installation.

**Severity.** An error for a shared address, a warning for a missing one.

**Not reported.** Clusters in which no node has the annotation, nodes that no longer report or joined within the last two minutes, Windows and virtual nodes.`,
  source: ALL_PODS_REACH_ALL,
  run,
};

const KEY = 'projectcalico.org/IPv4Address';

function addressOf(node: NodeFacts): string | undefined {
  const address = parseAddress((node.annotations[KEY] ?? '').replace(/\/.*$/, ''));
  return address.ok ? formatAddress(address.value) : undefined;
}

function run({ facts, reading }: ClusterNetwork): Finding[] {
  if (reading.solution !== 'calico') return [];
  const nodes = facts.nodes
    .filter(
      (node) => !node.virtual && node.os === 'linux' && readinessOf(node) !== 'Unknown' && !isSettling(node, facts),
    )
    .sort((a, b) => compareNatural(a.name, b.name));
  const findings: Finding[] = [];
  const having = nodes.filter((node) => addressOf(node) !== undefined);
  for (const [ip, group] of groupBy(having, addressOf)) {
    if (group.length < 2) continue;
    findings.push(
      finding(calicoNodeAddress, {
        severity: 'error',
        message: `Calico reaches ${counted(group.length, 'node')} (${listing(group.map((node) => node.name))}) at one address, ${ip ?? ''}: routes and tunnels for all of them lead to one machine`,
        subjects: group.map((node) => nodeSubject(node, node.annotations[KEY] ?? '', 'metadata', 'annotations', KEY)),
        evidence: capped(group.map((node) => `${node.name}: ${KEY} is ${node.annotations[KEY] ?? ''}`)),
      }),
    );
  }
  const lacking = nodes.filter(
    (node) => !having.includes(node) && node.annotations['projectcalico.org/IPv6Address'] === undefined,
  );
  if (having.length > 0 && lacking.length > 0) {
    const names = listing(lacking.map((node) => node.name));
    findings.push(
      finding(calicoNodeAddress, {
        severity: 'warning',
        message: `Calico has no address for ${names} (no annotation ${KEY}): ${agree(lacking.length, 'that node takes', 'those nodes take')} no part in routing, so pods there are probably not reachable from other nodes`,
        subjects: lacking.map((node) => nodeSubject(node, node.name, 'metadata', 'annotations')),
        evidence: capped(
          lacking.map((node) => `${node.name}: no ${KEY}, while ${counted(having.length, 'node')} have it`),
        ),
      }),
    );
  }
  return findings;
}
