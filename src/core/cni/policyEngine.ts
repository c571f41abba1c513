/** Who enforces NetworkPolicies where the solution itself does not: an engine that stands beside it. */
import type { ClusterFacts } from '../network/facts.js';
import { switchOf } from '../network/flags.js';
import { formatRef, objectPlace } from '../network/place.js';
import type { Evidence } from '../network/reading.js';

/** Images of engines that enforce `networking.k8s.io` policies whatever the plugin is. */
const ENGINES = [
  'calico/node',
  'kube-network-policies',
  'azure-npm',
  'cloudnativelabs/kube-router',
  'cilium/cilium',
] as const;

/** The engine that was seen, or undefined. DaemonSets only: an engine has to run on every node. */
export function policyEngine(facts: ClusterFacts): Evidence | undefined {
  for (const { ref, containers, desired } of facts.workloads) {
    if (ref.kind !== 'DaemonSet' || desired === 0) continue;
    const engine = ENGINES.find((name) => containers.some(({ image }) => image.includes(name)));
    if (engine === undefined || switchOf(containers, '--run-firewall') === false) continue;
    return { fact: `NetworkPolicies are enforced by ${engine} (${formatRef(ref)})`, place: objectPlace(ref) };
  }
  return undefined;
}
