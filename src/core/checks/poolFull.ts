/** CN303: a pool of the solution has no room, or little, left. */
import { blockCount, freeBlockCount, usableAddresses } from '../ip/blocks.js';
import { contains, formatRange } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { SortedAddresses } from '../network/addressCounts.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { isKnown } from '../network/facts.js';
import { isSettling } from './age.js';
import { type Check, type Finding, finding, MAX_SUBJECTS, type Severity } from './check.js';
import { groupBy } from './groupBy.js';
import { capped, claimEvidence, claimSubject, nodeSubject } from './subjects.js';
import { agree, counted, distinct, formatCount, listing, percent } from './wording.js';

export const poolFull: Check = {
  code: 'CN303',
  name: 'poolFull',
  title: 'An address pool is nearly full',
  explanation: `The solution hands out pod addresses from a pool, in blocks for nodes or one by one, and little or nothing of it is left. Without a free block, a new node gets no range (Cilium) or no block of its own (Calico); without a free address, new pods stay in \`ContainerCreating\`.

**What to do.** Add a pool, or enlarge the list of pools, in the solution's own configuration. Look for leaks first (CN508): blocks of nodes that are gone still count.

**Severity.** An error where nothing is left and a node goes without, or where every single address is in use. A warning where less than a fifth is left.

**Not reported.** Pools that are switched off, pools of which it is not known what is handed out (rights that are missing, solutions that keep it outside of the API), and pools of clouds. Pools of fewer than ten blocks are reported only when none is left.`,
  source: {
    sentence:
      'The cluster-scope IPAM mode assigns per-node PodCIDRs to each node and allocates IPs using a host-scope allocator on each node.',
    url: 'https://docs.cilium.io/en/stable/network/concepts/ipam/cluster-pool/',
  },
  run,
};

const MANY = 10n;

/** Pools that are cut into blocks: all pools of one owner count together, since it takes whichever has room. */
function ofBlocks(network: ClusterNetwork, pools: readonly Claim[], taken: RangeSet): Finding[] {
  const { facts, reading } = network;
  const [first] = pools;
  if (first === undefined) return [];
  const sum = (countOf: (claim: Claim, mask: number) => bigint): bigint =>
    pools.reduce((total, claim) => total + countOf(claim, claim.blockPrefixLength ?? 0), 0n);
  const total = sum((claim, mask) => blockCount(claim.range, mask));
  const free = sum((claim, mask) => freeBlockCount(claim.range, mask, taken));
  if (total === 0n || free * 5n >= total || (free > 0n && total < MANY)) return [];
  const family = first.range.family;
  const ranged = new Set(
    network.claims
      .filter((claim) => claim.role === 'pod-node' && isInForce(claim) && claim.range.family === family)
      .map((claim) => claim.node),
  );
  const without = facts.nodes.filter(
    (node) => !node.virtual && node.os !== 'windows' && !isSettling(node, facts) && !ranged.has(node.name),
  );
  const severity: Severity = free === 0n && without.length > 0 ? 'error' : 'warning';
  const names = without.map((node) => node.name);
  const ranges = listing(distinct(pools.map((claim) => formatRange(claim.range))));
  const what = `${first.owner} (${ranges}) has ${counted(total, 'block')} of /${first.blockPrefixLength ?? ''} for nodes`;
  return [
    finding(poolFull, {
      severity,
      message:
        free > 0n
          ? `${what}, and ${percent(total - free, total)} are handed out: ${formatCount(free)} ${agree(Number(free), 'is', 'are')} left`
          : names.length > 0
            ? `${what}, and none is left: ${listing(names)} ${agree(names.length, 'has', 'have')} none, and no pod there gets an address`
            : `${what}, and none is left: no node gets another one`,
      subjects: [
        ...pools.map(claimSubject),
        ...without.slice(0, MAX_SUBJECTS).map((node) => nodeSubject(node, node.name)),
      ],
      total: pools.length + without.length,
      evidence: [
        ...capped(pools.map(claimEvidence)),
        `${formatCount(total)} blocks, ${formatCount(free)} free, ${counted(facts.nodes.length, 'node')}, ${reading.title}`,
      ],
      key: `${first.owner} ${family}`,
    }),
  ];
}

/** Pools from which pods take single addresses. */
function ofAddresses(network: ClusterNetwork, pools: readonly Claim[]): Finding[] {
  if (pools.length === 0 || !isKnown(network.facts, 'pods')) return [];
  const addresses = SortedAddresses.ofPods(network.facts.pods);
  return pools.flatMap((claim) => {
    const usable = usableAddresses(claim.range);
    const used = BigInt(addresses.within(claim.range));
    if (used * 5n <= usable * 4n) return [];
    const full = used >= usable;
    return [
      finding(poolFull, {
        severity: full ? 'error' : 'warning',
        message: full
          ? `All ${formatCount(usable)} addresses of ${claim.owner} (${formatRange(claim.range)}) are in use: new pods get none and stay in ContainerCreating`
          : `${percent(used, usable)} of the addresses of ${claim.owner} (${formatRange(claim.range)}) are in use: ${formatCount(usable - used)} of ${formatCount(usable)} are left`,
        subjects: [claimSubject(claim)],
        evidence: [claimEvidence(claim), `${formatCount(used)} pod addresses lie in it`],
      }),
    ];
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { reading } = network;
  if (reading.podsShareNodeSubnets === true || reading.missing.length > 0) return [];
  const pools = network.claims.filter(
    (claim) =>
      (claim.role === 'pod-pool' || claim.role === 'pod-namespace') && isInForce(claim) && claim.network === undefined,
  );
  if (pools.length === 0) return [];
  const handedOut = network.claims.filter(
    (claim) => claim.role === 'pod-node' && claim.provenance === 'assigned' && claim.repeats !== true,
  );
  const taken = RangeSet.of(handedOut.map((claim) => claim.range));
  // Blocks are known to be handed out only where some of them were seen.
  const isCut = (group: readonly Claim[]): boolean =>
    group.some((pool) => handedOut.some((claim) => contains(pool.range, claim.range)));
  const cut = groupBy(
    pools.filter((pool) => pool.blockPrefixLength !== undefined),
    (claim) => `${claim.owner} ${claim.range.family}`,
  );
  return [
    ...[...cut.values()].filter(isCut).flatMap((group) => ofBlocks(network, group, taken)),
    ...ofAddresses(
      network,
      pools.filter((pool) => pool.blockPrefixLength === undefined),
    ),
  ];
}
