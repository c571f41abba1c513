/**
 * Placing a failure: what else answered, and what did not, says on which part of the way packets are lost – and no more than
 * that. Mechanisms are named as what the evidence is consistent with, never as found.
 */
import { describeEndpoint, type Endpoint, formatEndpoint } from './endpoint.js';
import { describeProbe, type Probe, summarise } from './probe.js';
import type { Route } from './route.js';

/** A probe of something beside the target, made from the same source because the target was not reached. */
export interface Around {
  readonly what: Endpoint;
  readonly probe: Probe;
}

/** What carries pod packets between the nodes of a route, as far as it is known. */
export function carrierOf(route: Route): string {
  const wire = route.hops.find((hop) => hop.kind === 'wire')?.label;
  if (route.kind === 'overlay' && wire !== undefined) return `the overlay (${wire})`;
  if (route.kind === 'routed' && wire !== undefined)
    return `the routing of pod addresses (${wire}), or forwarding on a node`;
  return 'whatever carries pod packets between the nodes (an overlay, routes, forwarding)';
}

/** Sentences of evidence for a target that was not reached. */
export function placeFailure(source: Endpoint, route: Route, around: readonly Around[]): string[] {
  return around.map(({ what, probe }) => {
    const { reached } = summarise(probe.tries);
    if (what.kind !== 'node') return describeProbe(probe);
    if (reached > 0)
      return `${describeEndpoint(what)} itself answers ${formatEndpoint(source)}: the nodes reach each other, so what does not pass is ${carrierOf(route)}`;
    return `${describeEndpoint(what)} itself does not answer ${formatEndpoint(source)} either (${describeProbe(probe)}): the source’s node passes nothing on, or the way between the nodes is cut`;
  });
}
