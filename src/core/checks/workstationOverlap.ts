/** CN107: a network of this workstation and a range of the cluster share addresses. */
import { contains, formatRange, overlaps, sameRange } from '../ip/range.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { placeKey } from '../network/place.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { groupBy } from './groupBy.js';
import { outermost } from './outermost.js';
import { NO_OVERLAP } from './sources.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, listing } from './wording.js';

export const workstationOverlap: Check = {
  code: 'CN107',
  name: 'workstationOverlap',
  title: 'A range overlaps a network of this workstation',
  explanation: `An interface of this machine (often a VPN's) stands in a network that shares addresses with the cluster's pods or Services, or a route of this machine leads to such a network. Nodes answer this machine as if it were a pod, so that connections through a NodePort or a load balancer hang; and packets from here for pods or Services, over a route or a VPN, stay in the local network.

**What to do.** Ask the VPN for another network, or give the cluster other ranges: it is the same for everybody who connects from such a network.

**Severity.** A warning. Information for a route that is exactly the cluster's range, which mostly is meant to lead there, or wider: it says nothing of who has these very addresses. Information, too, for an interface where nodes are reached another way, by the default route: the cluster then sees a router's address instead of this machine's. The finding is about this machine only and never leaves it.

**Not reported.** Node addresses in a network of this workstation: that is how local clusters are reached. Routes that lead to the cluster itself (the way by which a node is reached, or a node as gateway), default routes and the halves by which VPNs replace them, routes to a single address, and interfaces that have their network's own address, as tunnels to a cluster write it (Telepresence). Nothing at all where this machine is itself a node or a pod of the cluster, or is not the one that connects.`,
  source: NO_OVERLAP,
  run,
};

const kindOf = (claim: Claim): string => (claim.role === 'service' ? 'service range' : 'pod range');

function run(network: ClusterNetwork): Finding[] {
  const others = network.claims.filter(
    (claim) => isInForce(claim) && claim.network === undefined && (isPodRole(claim.role) || claim.role === 'service'),
  );
  return network.claims.flatMap((own) => {
    if (own.role !== 'workstation' || !isInForce(own)) return [];
    const claims = others.filter((claim) => overlaps(claim.range, own.range));
    if (claims.length === 0) return [];
    const told = [...groupBy(claims, kindOf).values()].flatMap(outermost).slice(0, MAX_SUBJECTS);
    const route = own.place.kind === 'workstation' && own.place.route === true;
    // Who routes exactly a range of the cluster mostly means it; who routes more need not have these very addresses.
    const isBy = (claim: Claim): boolean => contains(claim.range, own.range) && !sameRange(claim.range, own.range);
    const wider = route && !claims.some(isBy);
    // The cluster is not reached from that network: only packets from here go astray.
    const aside = !route && own.used !== true;
    const what = listing(told.map((claim) => `${kindOf(claim)} ${formatRange(claim.range)}`));
    return [
      finding(workstationOverlap, {
        severity: wider || aside ? 'information' : 'warning',
        message: `The ${what} ${agree(told.length, 'overlaps', 'overlap')} ${formatRange(own.range)} of ${own.owner}: ${
          route
            ? 'packets from here to these addresses go there, not to the cluster'
            : aside
              ? 'packets from here to these addresses stay in that network'
              : 'answers of the cluster to this machine, and packets from here to the range, may go astray'
        }`,
        subjects: [claimSubject(own), ...told.map(claimSubject)],
        evidence: [claimEvidence(own), ...capped(told.map(claimEvidence))],
        key: `${placeKey(own.place)} ${own.text}`,
      }),
    ];
  });
}
