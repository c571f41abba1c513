/** CN111: a pool of load-balancer addresses shares some with pods, Services or nodes. */
import { contains, formatRange, overlaps, sizeOf } from '../ip/range.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { placeKey } from '../network/place.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Severity } from './check.js';
import { groupBy } from './groupBy.js';
import { blocksUntil, FAR } from './handingOut.js';
import { outermost } from './outermost.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { listing } from './wording.js';

export const loadBalancerOverlap: Check = {
  code: 'CN111',
  name: 'loadBalancerOverlap',
  title: 'A load-balancer pool overlaps other addresses',
  explanation: `A pool from which Services of type LoadBalancer get their addresses (MetalLB's \`IPAddressPool\`, Cilium's \`CiliumLoadBalancerIPPool\`) shares addresses with the cluster's pods, with ClusterIPs or with a node. The pool is handed out without looking at them: a Service that is given a pod's or another Service's address takes its traffic, and one that is given a node's address is announced for the machine, whose kubelet and agents then cannot be reached.

**What to do.** Choose a pool outside of the cluster's ranges, and leave the nodes' own addresses out of it (\`192.168.1.240-192.168.1.250\` in the nodes' subnet is fine).

**Severity.** A warning; an error where a Service already has such an address. Information where the pods' ranges are handed out in order and the pool lies far behind.

**Not reported.** Pools in the nodes' subnet that cover no node's address; pools that consist of nodes' addresses only, which is meant so; pools that are switched off; addresses that a cloud gives or that are the nodes' own (ServiceLB of k3s); and, where pods take addresses of the nodes' subnets by design, overlaps with the pods' ranges.`,
  source: {
    sentence:
      'MetalLB will take care of assigning and unassigning individual addresses as services come and go, but it will only ever hand out IPs that are part of its configured pools.',
    url: 'https://metallb.io/concepts/',
  },
  run,
};

const named = (claim: Claim): string =>
  claim.role === 'node'
    ? `the address ${claim.text} of ${claim.owner}`
    : `the ${claim.role === 'service' ? 'service' : 'pod'} range ${formatRange(claim.range)}${claim.node === undefined ? '' : ` of ${claim.node}`}`;

/** Whether the pool is nothing but addresses of nodes. */
function isOfNodes(pool: Claim, nodes: readonly Claim[]): boolean {
  const covered = new Set(nodes.filter(({ range }) => contains(pool.range, range)).map(({ range }) => range.first));
  return BigInt(covered.size) === sizeOf(pool.range);
}

function severityOf(network: ClusterNetwork, pool: Claim, others: readonly Claim[], given: readonly Claim[]): Severity {
  const inBoth = given.some(
    ({ range }) => contains(pool.range, range) && others.some((other) => contains(other.range, range)),
  );
  if (inBoth) return 'error';
  const isFar = (other: Claim): boolean => {
    const until = blocksUntil(network, other, pool.range);
    return until !== undefined && until >= FAR;
  };
  return others.every(isFar) ? 'information' : 'warning';
}

function run(network: ClusterNetwork): Finding[] {
  const { claims, facts, reading } = network;
  const balancers = claims.filter((claim) => claim.role === 'load-balancer' && isInForce(claim));
  const pools = balancers.filter(({ provenance }) => provenance !== 'assigned');
  if (pools.length === 0) return [];
  const given = balancers.filter(({ provenance }) => provenance === 'assigned');
  const virtual = new Set(facts.nodes.filter((node) => node.virtual).map((node) => node.name));
  const nodes = claims.filter(
    (claim) =>
      claim.role === 'node' && isInForce(claim) && sizeOf(claim.range) === 1n && !virtual.has(claim.node ?? ''),
  );
  const rivals = claims.filter(
    (claim) =>
      isInForce(claim) &&
      claim.network === undefined &&
      (claim.role === 'service' || (isPodRole(claim.role) && reading.podsShareNodeSubnets !== true)),
  );
  return pools.flatMap((pool) => {
    const covered = isOfNodes(pool, nodes) ? [] : nodes.filter(({ range }) => overlaps(range, pool.range));
    const all = [...rivals.filter(({ range }) => overlaps(range, pool.range)), ...covered];
    if (all.length === 0) return [];
    const severity = severityOf(network, pool, all, given);
    const told = [
      ...groupBy(all, ({ role }) => (role === 'service' || role === 'node' ? role : 'pods')).values(),
    ].flatMap(outermost);
    const what = `The load-balancer ${pool.owner} (${pool.text}) shares addresses with ${listing(told.map(named))}`;
    return [
      finding(loadBalancerOverlap, {
        severity,
        message:
          severity === 'information'
            ? `${what}; ranges are handed out in order, and that part is reached last`
            : severity === 'error'
              ? `${what}, and a Service has such an address: it takes the traffic that is meant for the other`
              : `${what}: a Service that is given such an address takes the traffic that is meant for the other`,
        subjects: [claimSubject(pool), ...told.slice(0, MAX_SUBJECTS).map(claimSubject)],
        total: 1 + told.length,
        evidence: [claimEvidence(pool), ...capped(told.map(claimEvidence))],
        key: `${placeKey(pool.place)} ${pool.text}`,
      }),
    ];
  });
}
