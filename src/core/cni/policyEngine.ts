/** Who enforces NetworkPolicies where the solution itself does not: an engine that stands beside it. */
import type { ClusterFacts } from '../network/facts.js';
import { switchOf } from '../network/flags.js';
import { formatRef, objectPlace } from '../network/place.js';
import type { AgentFacts, Evidence } from '../network/reading.js';

/**
 * Images of engines that enforce `networking.k8s.io` policies whatever the plugin is. `guest`: it may stand in the
 * DaemonSet of a solution that has no engine itself, as flannel's chart does with one.
 */
const ENGINES: readonly { readonly image: string; readonly guest: boolean }[] = [
  { image: 'calico/node', guest: true },
  { image: 'kube-network-policies', guest: true },
  { image: 'azure-npm', guest: false },
  { image: 'cloudnativelabs/kube-router', guest: false },
  { image: 'cilium/cilium', guest: false },
];

/**
 * The engine that was seen, or undefined. DaemonSets only: an engine has to run on every node.
 *
 * @param own The agent of the solution itself, whose reading knows already what it enforces.
 */
export function policyEngine(facts: ClusterFacts, own: AgentFacts | undefined): Evidence | undefined {
  for (const { ref, containers, desired } of facts.workloads) {
    if (ref.kind !== 'DaemonSet' || desired === 0 || switchOf(containers, '--run-firewall') === false) continue;
    const isOwn = ref.name === own?.daemonSet && ref.namespace === own.namespace;
    const engine = ENGINES.find(
      ({ image, guest }) => (guest || !isOwn) && containers.some((container) => container.image.includes(image)),
    );
    if (engine !== undefined)
      return { fact: `NetworkPolicies are enforced by ${engine.image} (${formatRef(ref)})`, place: objectPlace(ref) };
  }
  return undefined;
}
