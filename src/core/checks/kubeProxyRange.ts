/** CN504: kube-proxy is told another pod range than the one in force. */
import { contains, formatRange } from '../ip/range.js';
import { isInForce, isPodRole } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { controlPlaneOf } from '../network/controlPlane.js';
import { objectPlace } from '../network/place.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { outermost } from './outermost.js';
import { capped, claimEvidence, claimSubject } from './subjects.js';
import { agree, listing } from './wording.js';

export const kubeProxyRange: Check = {
  code: 'CN504',
  name: 'kubeProxyRange',
  title: 'kube-proxy is told another pod range',
  explanation: `kube-proxy uses \`clusterCIDR\` to tell pods from outside clients. Pods whose range lies outside of it count as outside: their connections to Services are masqueraded, so that servers see a node's address instead of the pod's, logs and network policies by address go wrong, and \`internalTrafficPolicy: Local\` misjudges them.

**What to do.** Set \`clusterCIDR\` in the ConfigMap \`kube-proxy\` to the pod range (kubeadm: \`podSubnet\`) and restart kube-proxy, or choose a \`detectLocalMode\` that fits the solution.

**Severity.** A warning.

**Not reported.** A \`clusterCIDR\` that is wider than the pod range; solutions that translate Services themselves (Cilium, Antrea, OVN and others), even beside a kube-proxy; other ways of telling pods (\`detectLocalMode\`); clusters without a recognised solution.`,
  source: {
    sentence:
      'clusterCIDR is the CIDR range of the pods in the cluster. (For dual-stack clusters, this can be a comma-separated dual-stack pair of CIDR ranges.). When DetectLocalMode is set to LocalModeClusterCIDR, kube-proxy will consider traffic to be local if its source IP is in this range.',
    url: 'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/',
  },
  run,
};

/** Solutions that translate the Services' addresses of pods' connections before kube-proxy sees them. */
const TRANSLATES_SERVICES = new Set([
  'cilium',
  'antrea',
  'ovn-kubernetes',
  'kube-ovn',
  'kube-router',
  'aci',
  'nsx-ncp',
  'azure-cni',
]);

function run(network: ClusterNetwork): Finding[] {
  const { reading } = network;
  if (reading.solution === 'unknown' || TRANSLATES_SERVICES.has(reading.solution)) return [];
  if (reading.podsShareNodeSubnets === true) return [];
  const proxy = controlPlaneOf(network.facts).kubeProxy;
  if (proxy === undefined || (proxy.detectLocalMode !== '' && proxy.detectLocalMode !== 'ClusterCIDR')) return [];
  return ([4, 6] as const).flatMap((family) => {
    const told = proxy.clusterCIDRs.flatMap((statement) =>
      statement.cidr.ok && statement.cidr.value.family === family
        ? [{ ...statement, range: statement.cidr.value }]
        : [],
    );
    const ranges = network.claims.filter(
      (claim) =>
        isPodRole(claim.role) && isInForce(claim) && claim.range.family === family && claim.network === undefined,
    );
    if (told.length === 0) return [];
    const outside = outermost(ranges.filter((claim) => !told.some(({ range }) => contains(range, claim.range))));
    if (outside.length === 0) return [];
    const list = listing(outside.map((claim) => formatRange(claim.range)));
    return [
      finding(kubeProxyRange, {
        severity: 'warning',
        message: `kube-proxy takes ${listing(told.map(({ range }) => formatRange(range)))} for the pod range, which does not contain ${list}: connections of pods there to Services are masqueraded, so servers see a node's address instead of the pod's`,
        subjects: [
          ...told.map(({ object, path, text }) => ({ place: objectPlace(object, ...path), label: 'kube-proxy', text })),
          ...outside.slice(0, MAX_SUBJECTS).map(claimSubject),
        ],
        total: told.length + outside.length,
        evidence: [
          `kube-proxy: clusterCIDR ${listing(told.map(({ text }) => text))}, detectLocalMode ${proxy.detectLocalMode === '' ? 'not set (ClusterCIDR)' : proxy.detectLocalMode}`,
          ...capped(outside.slice(0, MAX_SUBJECTS).map(claimEvidence), outside.length),
          `${agree(outside.length, 'The range is', 'The ranges are')} in force by ${reading.title}`,
        ],
        key: `kube-proxy ${family}`,
      }),
    ];
  });
}
