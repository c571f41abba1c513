/** The shape that every solution's file has. `index.ts` is the list; nothing else knows a solution by name. */
import type { ClusterFacts, ResourceName } from '../network/facts.js';
import type { CniReading, Evidence } from '../network/reading.js';

/** A resource to list for a solution. Absent ones (404) are no error. */
export interface ResourceNeed {
  readonly name: ResourceName;
  readonly group: string;
  /** Versions to try, the preferred one first. */
  readonly versions: readonly string[];
  readonly plural: string;
}

/** A ConfigMap to read for a solution, by its name; an absent one is no error. */
export interface ConfigMapNeed {
  readonly namespace: string;
  readonly name: string;
}

export interface Recognition {
  readonly confidence: 'certain' | 'probable';
  readonly evidence: readonly Evidence[];
  /** False for meta plugins, chained and policy-only installations, which stand beside a primary solution legitimately. */
  readonly primary: boolean;
}

export interface Solution {
  readonly id: string;
  readonly title: string;
  /** What must be listed so that `read` sees everything; asked for only once the solution is recognised. */
  readonly resources: readonly ResourceNeed[];
  /** ConfigMaps with its configuration, wherever its installers put them. */
  readonly configMaps: readonly ConfigMapNeed[];
  readonly recognise: (facts: ClusterFacts) => Recognition | undefined;
  readonly read: (facts: ClusterFacts, recognition: Recognition) => Omit<CniReading, 'others'>;
}
