/** The list of checks, and running them all. */
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { compareNatural } from '../network/naturalOrder.js';
import { type Check, type Finding, SEVERITIES, type Severity } from './check.js';
import { agentNotRunning } from './agentNotRunning.js';
import { beyondTestedSize } from './beyondTestedSize.js';
import { calicoNodeAddress } from './calicoNodeAddress.js';
import { calicoNoRoutes } from './calicoNoRoutes.js';
import { ciliumNoRoutes } from './ciliumNoRoutes.js';
import { clusterRangeFull } from './clusterRangeFull.js';
import { dockerOverlap } from './dockerOverlap.js';
import { families } from './families.js';
import { flannelBackendsDiffer } from './flannelBackendsDiffer.js';
import { flannelNetworkMissesRange } from './flannelNetworkMissesRange.js';
import { flannelPublicIp } from './flannelPublicIp.js';
import { ipamLeaks } from './ipamLeaks.js';
import { kubeProxyRange } from './kubeProxyRange.js';
import { loadBalancerOverlap } from './loadBalancerOverlap.js';
import { mtu } from './mtu.js';
import { networkPluginNotReady } from './networkPluginNotReady.js';
import { networkUnavailable } from './networkUnavailable.js';
import { nodeAddressShared } from './nodeAddressShared.js';
import { nodeNotReady } from './nodeNotReady.js';
import { nodePodRangesOverlap } from './nodePodRangesOverlap.js';
import { nodeRangeTooSmall } from './nodeRangeTooSmall.js';
import { nodeWithoutPodRange } from './nodeWithoutPodRange.js';
import { noSolution } from './noSolution.js';
import { podAddressShared } from './podAddressShared.js';
import { podHasNodeAddress } from './podHasNodeAddress.js';
import { podNodeOverlap } from './podNodeOverlap.js';
import { podOutsideAllRanges } from './podOutsideAllRanges.js';
import { podOutsideNodeRange } from './podOutsideNodeRange.js';
import { podRangesDisagree } from './podRangesDisagree.js';
import { podServiceOverlap } from './podServiceOverlap.js';
import { poolFull } from './poolFull.js';
import { poolsOverlap } from './poolsOverlap.js';
import { publicRange } from './publicRange.js';
import { sandboxFails } from './sandboxFails.js';
import { serviceAddresses } from './serviceAddresses.js';
import { serviceNodeOverlap } from './serviceNodeOverlap.js';
import { serviceRangeFull } from './serviceRangeFull.js';
import { servicesNotProxied } from './servicesNotProxied.js';
import { solutionRangeMissing } from './solutionRangeMissing.js';
import { solutionRangeOverlap } from './solutionRangeOverlap.js';
import { specialRange } from './specialRange.js';
import { twoSolutions } from './twoSolutions.js';
import { workstationOverlap } from './workstationOverlap.js';

/** Every check, by code. */
export const CHECKS: readonly Check[] = [
  nodePodRangesOverlap,
  podServiceOverlap,
  podNodeOverlap,
  serviceNodeOverlap,
  poolsOverlap,
  dockerOverlap,
  workstationOverlap,
  specialRange,
  publicRange,
  solutionRangeOverlap,
  loadBalancerOverlap,
  podAddressShared,
  podOutsideNodeRange,
  podOutsideAllRanges,
  nodeAddressShared,
  podHasNodeAddress,
  nodeRangeTooSmall,
  clusterRangeFull,
  poolFull,
  serviceRangeFull,
  beyondTestedSize,
  agentNotRunning,
  networkPluginNotReady,
  networkUnavailable,
  nodeWithoutPodRange,
  nodeNotReady,
  flannelNetworkMissesRange,
  flannelBackendsDiffer,
  flannelPublicIp,
  calicoNoRoutes,
  calicoNodeAddress,
  ciliumNoRoutes,
  solutionRangeMissing,
  servicesNotProxied,
  sandboxFails,
  twoSolutions,
  noSolution,
  mtu,
  kubeProxyRange,
  podRangesDisagree,
  serviceAddresses,
  families,
  ipamLeaks,
];

/** What the user set for a code: another severity for all of its findings, or none of them. */
export type CheckSettings = Readonly<Record<string, Severity | 'off'>>;

/** Order of findings: the worst first, then by code, then by identity. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareNatural(a.code, b.code) ||
    compareNatural(a.id, b.id)
  );
}

/**
 * Runs the checks that are not switched off. Deterministic: equal networks give equal findings in equal order. All are
 * run anew after every change, so each is at most n log n in the number of pods, nodes and claims.
 */
export function runChecks(network: ClusterNetwork, settings: CheckSettings = {}): Finding[] {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    const setting = settings[check.code];
    if (setting === 'off') continue;
    for (const found of check.run(network))
      findings.push(setting === undefined ? found : { ...found, severity: setting });
  }
  return findings.sort(compareFindings);
}
