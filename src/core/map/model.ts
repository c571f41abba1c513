/** What the map draws, as data that can be posted: numbers and texts, no bigint, no methods. */

export interface MapModel {
  readonly context: string;
  /** Shown wherever the cluster is simulated. */
  readonly simulated: boolean;
}
