/** CN205: a pod of its own network has the address of a node. */
import { type Address, formatAddress } from '../ip/address.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type AddressField, type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { NO_OVERLAP } from './sources.js';
import { capped, nodeSubject, podSubject } from './subjects.js';
import { distinct, firstInOrder, listing, listingOf } from './wording.js';

export const podHasNodeAddress: Check = {
  code: 'CN205',
  name: 'podHasNodeAddress',
  title: 'A pod has the address of a node',
  explanation: `A pod that is not on the host's network has the InternalIP of a node. Whoever connects to the address reaches one of both; the kubelet, the node's agents or the pod are cut off, depending on who asks and from where.

**What to do.** The range from which the pod took its address covers the nodes' own network (CN103). Take the nodes' addresses out of it, or give pods another range, then delete the pod, so that it is made anew.

**Severity.** An error. A warning where the node no longer reports: its machine may be gone, and its address given out again, as clouds do that take pod addresses from the nodes' own subnets.

**Not reported.** Pods on the host's network, which have their node's address by design; pods that are Succeeded, Failed or being deleted; pods of other networks; addresses and pods of virtual nodes.`,
  source: NO_OVERLAP,
  run,
};

interface Holder {
  readonly node: NodeFacts;
  readonly field: AddressField;
  readonly address: Address;
}

function run(network: ClusterNetwork): Finding[] {
  const { nodes, pods } = network.facts;
  const holders = new Map<number | bigint, Holder>();
  const virtual = new Set<string>();
  let hasV6 = false;
  for (const node of nodes) {
    if (node.virtual) {
      virtual.add(node.name);
      continue;
    }
    for (const field of node.internalIPs) {
      if (!field.address.ok) continue;
      const address = field.address.value;
      if (address.family === 6) hasV6 = true;
      const key = address.family === 4 ? Number(address.value) : address.value;
      // Of nodes that share an address (CN204), the first one by name is told.
      const known = holders.get(key);
      if (known === undefined || compareNatural(node.name, known.node.name) < 0)
        holders.set(key, { node, field, address });
    }
  }
  const found: { readonly row: number; readonly holder: Holder }[] = [];
  for (let row = 0; row < pods.end; row++) {
    if (!pods.ownsAddresses(row)) continue;
    const v6 = hasV6 ? pods.ipv6(row) : undefined;
    const holder = holders.get(pods.ipv4(row)) ?? (v6 === undefined ? undefined : holders.get(v6));
    if (holder === undefined || pods.terminating(row) || pods.network(row) !== '' || virtual.has(pods.node(row)))
      continue;
    found.push({ row, holder });
  }
  if (found.length === 0) return [];
  const certain = found.some(({ holder }) => readinessOf(holder.node) !== 'Unknown');
  const idOf = (row: number): string => `${pods.namespace(row)}/${pods.name(row)}`;
  const told = firstInOrder(found, (a, b) => compareNatural(idOf(a.row), idOf(b.row)), MAX_SUBJECTS);
  const holding = [...new Set(told.map(({ holder }) => holder))];
  return [
    finding(podHasNodeAddress, {
      severity: certain ? 'error' : 'warning',
      message: `${listingOf(
        told,
        ({ row, holder }) => `pod ${idOf(row)} has ${formatAddress(holder.address)} of ${holder.node.name}`,
        found.length,
      )}: ${certain ? '' : `${listing(distinct(told.map(({ holder }) => holder.node.name)))} no longer reports and may be gone; if not, `}a connection to the address reaches either the node or the pod, depending on where it comes from`,
      subjects: [
        ...told.slice(0, MAX_SUBJECTS / 2).map(({ row, holder }) => podSubject(pods, row, holder.address)),
        ...holding.map(({ node, field }) => nodeSubject(node, field.text, ...field.path)),
        ...told.slice(MAX_SUBJECTS / 2).map(({ row, holder }) => podSubject(pods, row, holder.address)),
      ],
      total: found.length + holding.length,
      evidence: capped(
        told.map(
          ({ row, holder }) =>
            `${idOf(row)} on ${pods.node(row)}, not on the host's network: ${formatAddress(holder.address)}, the InternalIP of ${holder.node.name}`,
        ),
        found.length,
      ),
    }),
  ];
}
