/** CN204: nodes that report the same address. */
import { type Address, compareAddresses, formatAddress } from '../ip/address.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type AddressField, type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding } from './check.js';
import { groupBy } from './groupBy.js';
import { NO_OVERLAP } from './sources.js';
import { capped, nodeSubject } from './subjects.js';
import { counted, distinct, listing } from './wording.js';

export const nodeAddressShared: Check = {
  code: 'CN204',
  name: 'nodeAddressShared',
  title: 'Nodes have the same address',
  explanation: `Two or more nodes report the same InternalIP. Tunnels, routes and the API server's own connections to kubelets (logs, exec, probes) go to one of the machines only. It happens with virtual machines that all have one NAT address on their first interface (Vagrant's 10.0.2.15), with cloned machines, and with a Node object left over from a machine whose address has been given to a new one.

**What to do.** Set the kubelet's \`--node-ip\` to the address by which the other nodes reach the machine. Delete the Node object of a machine that is gone.

**Severity.** An error. A warning where only one of the nodes still reports: the others may be left over.

**Not reported.** Virtual nodes: several of them may stand behind one address.`,
  source: NO_OVERLAP,
  run,
};

interface Holder {
  readonly node: NodeFacts;
  readonly field: AddressField;
  readonly address: Address;
}

function report(holders: readonly Holder[]): Finding {
  const ip = holders[0] === undefined ? '' : formatAddress(holders[0].address);
  const names = distinct(holders.map(({ node }) => node.name));
  const silent = distinct(holders.filter(({ node }) => readinessOf(node) === 'Unknown').map(({ node }) => node.name));
  const certain = names.length - silent.length > 1;
  return finding(nodeAddressShared, {
    severity: certain ? 'error' : 'warning',
    message: certain
      ? `${counted(names.length, 'node')} (${listing(names)}) report the address ${ip}: tunnels, routes and connections to kubelets reach only one of them`
      : `${listing(names)} have the address ${ip}, and ${listing(silent)} no longer ${silent.length === 1 ? 'reports' : 'report'}: a Node object may be left over, and its pod range with it`,
    subjects: holders.map(({ node, field }) => nodeSubject(node, field.text, ...field.path)),
    evidence: capped(holders.map(({ node }) => `${node.name}: InternalIP ${ip}, ${readinessOf(node)}`)),
  });
}

function run(network: ClusterNetwork): Finding[] {
  const holders = network.facts.nodes
    .filter((node) => !node.virtual)
    .flatMap((node) =>
      node.internalIPs.flatMap((field) => (field.address.ok ? [{ node, field, address: field.address.value }] : [])),
    );
  const groups = [...groupBy(holders, ({ address }) => formatAddress(address)).values()].filter(
    (group) => new Set(group.map(({ node }) => node.name)).size > 1,
  );
  return groups
    .map((group) => group.sort((a, b) => compareNatural(a.node.name, b.node.name)))
    .sort(([a], [b]) => (a === undefined || b === undefined ? 0 : compareAddresses(a.address, b.address)))
    .map(report);
}
