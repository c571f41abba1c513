/** CN106: Docker's default bridge network and a range of the cluster share addresses. */
import { formatRange, overlaps } from '../ip/range.js';
import { type Claim, isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { groupBy } from './groupBy.js';
import { outermost } from './outermost.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, listing } from './wording.js';

export const dockerOverlap: Check = {
  code: 'CN106',
  name: 'dockerOverlap',
  title: "A range overlaps Docker's bridge network",
  explanation: `Docker gives its bridge \`docker0\` the network 172.17.0.0/16 unless it is told another (\`bip\` in \`daemon.json\`). On a machine with that bridge, packets for these addresses go to the machine's own containers instead of the cluster.

**What to do.** Give the cluster another range, or Docker another bridge network on every machine concerned: nodes, build machines, and workstations that talk to pods or nodes.

**Severity.** A warning where the container runtime of a node is Docker. Else information: Docker may be installed beside another runtime, which the API does not show.

**Not reported.** Docker's further networks, which the API does not show either.`,
  source: {
    sentence: 'The default IP range, or subnet, for docker0 is 172.17.0.0/16.',
    url: 'https://docs.mirantis.com/mke/3.8/install/plan-deployment/mcr-considerations/docker0.html',
  },
  run,
};

const KIND: Readonly<Record<string, string>> = { service: 'service range', node: 'node address' };
const kindOf = (claim: Claim): string => KIND[claim.role] ?? 'pod range';

function run(network: ClusterNetwork): Finding[] {
  const others = network.claims.filter(
    (claim) => isInForce(claim) && (isPodRole(claim.role) || claim.role === 'service' || claim.role === 'node'),
  );
  return network.claims.flatMap((docker) => {
    if (docker.role !== 'docker' || !isInForce(docker)) return [];
    const claims = others.filter((claim) => overlaps(claim.range, docker.range));
    if (claims.length === 0) return [];
    const told = [...groupBy(claims, kindOf).values()].flatMap(outermost).slice(0, MAX_SUBJECTS);
    const what = listing(told.map((claim) => `${kindOf(claim)} ${formatRange(claim.range)}`));
    const bridge = formatRange(docker.range);
    return [
      finding(dockerOverlap, {
        severity: docker.used === true ? 'warning' : 'information',
        message:
          docker.used === true
            ? `The ${what} ${agree(told.length, 'overlaps', 'overlap')} Docker's bridge network ${bridge}: nodes whose runtime is Docker send such packets to their own bridge`
            : `The ${what} ${agree(told.length, 'overlaps', 'overlap')} Docker's default bridge network ${bridge}: machines on which Docker runs with that default cannot reach it`,
        subjects: [...told.map(claimSubject), claimSubject(docker)],
        evidence: [claimEvidence(docker), ...capped(told.map(claimEvidence))],
        key: bridge,
      }),
    ];
  });
}
