/** Plans: what would be created in a cluster and which rights it takes, shown before anybody says yes. */

export interface PlannedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly purpose: string;
  /** As JSON; identities that only the server knows are left out. */
  readonly manifest: string;
}

export interface PlannedRight {
  readonly verb: string;
  /** `pods/exec`, `daemonsets.apps`. */
  readonly resource: string;
  readonly namespace: string;
  /** Without it less can be told, and that is all. */
  readonly optional: boolean;
  readonly allowed: boolean;
  readonly purpose: string;
}

/** The rights without which it cannot be done: `create daemonsets.apps in namespace default`. */
export const missingRights = (rights: readonly PlannedRight[]): string[] =>
  rights
    .filter((right) => !right.optional && !right.allowed)
    .map((right) => `${right.verb} ${right.resource} in namespace ${right.namespace}`);
