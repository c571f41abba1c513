/** The nodes on which flannel runs, as far as its annotations tell. */
import { annotatedNodes } from '../cni/flannelConfig.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import { type NodeFacts, readinessOf } from '../network/facts.js';
import { compareNatural } from '../network/naturalOrder.js';

/** Solutions that run flannel's subnet manager. Annotations alone prove nothing: they outlive flannel. */
const RUNS_FLANNEL = new Set(['flannel', 'canal']);

export const runsFlannel = ({ reading }: ClusterNetwork): boolean => RUNS_FLANNEL.has(reading.solution);

/** Nodes with flannel's annotations that still report, in natural order; none where flannel is not what runs. */
export const flannelNodes = (network: ClusterNetwork): readonly NodeFacts[] =>
  runsFlannel(network)
    ? annotatedNodes(network.facts)
        .filter((node) => !node.virtual && readinessOf(node) !== 'Unknown')
        .sort((a, b) => compareNatural(a.name, b.name))
    : [];
