/**
 * What a command is to be applied to. Menus hand over rows of our views, the map hands over its own names of things, and
 * anybody may call a command with anything: what is not understood is no target.
 */
import type { MapTarget } from '../../core/map/model.js';
import { type FieldPath, nodeRef, type ObjectRef, objectPlace, type Place, podRef } from '../../core/network/place.js';
import { readTarget } from '../../protocol.js';
import type { Cluster } from '../cluster.js';

export interface TargetParts {
  /** As shown in picks: `node-1`, `shop/web-1`. */
  readonly label: string;
  readonly ref: ObjectRef | undefined;
  /** The field that is meant; empty for the object as a whole. */
  readonly path?: FieldPath;
  readonly ips?: readonly string[];
  readonly cidr?: string;
}

/** A class, so that what is not ours can be told from what is. */
export class Target {
  readonly label: string;
  readonly ref: ObjectRef | undefined;
  readonly path: FieldPath;
  readonly ips: readonly string[];
  readonly cidr: string | undefined;
  constructor({ label, ref, path = [], ips = [], cidr }: TargetParts) {
    this.label = label;
    this.ref = ref;
    this.path = path;
    this.ips = ips;
    this.cidr = cidr;
  }
}

/** Rows that commands can be applied to have a `target`. */
function targetOf(row: unknown): Target | undefined {
  return typeof row === 'object' && row !== null && 'target' in row && row.target instanceof Target
    ? row.target
    : undefined;
}

/**
 * Targets of a command's arguments: the row it was called on and the rows selected with it, as menus of views pass them,
 * or the thing on the map.
 */
export function targetsOf(cluster: Cluster, argument: unknown, selection: unknown): readonly Target[] {
  const rows =
    Array.isArray(selection) && selection.includes(argument) ? (selection as readonly unknown[]) : [argument];
  const targets = rows.flatMap((row) => targetOf(row) ?? []);
  if (targets.length > 0) return targets;
  if (typeof argument !== 'object' || argument === null || !('mapTarget' in argument)) return [];
  const onMap = readTarget(argument.mapTarget);
  return onMap === undefined ? [] : [targetOnMap(cluster, onMap)];
}

function targetOnMap({ mirror }: Cluster, target: MapTarget): Target {
  const node = mirror.node(target.node);
  switch (target.kind) {
    case 'node':
      return nodeTarget(target.node, node?.internalIPs ?? []);
    case 'range':
      return rangeTarget(
        target.cidr,
        node?.ranges.find((range) => range.text === target.cidr)?.place ?? objectPlace(nodeRef(target.node)),
      );
    case 'pod':
      return podTarget(target.namespace, target.name, target.ips);
  }
}

export const nodeTarget = (name: string, ips: readonly string[]): Target =>
  new Target({ label: name, ref: nodeRef(name), ips });

export const podTarget = (namespace: string, name: string, ips: readonly string[]): Target =>
  new Target({ label: `${namespace}/${name}`, ref: podRef(namespace, name), ips });

/** A range at the place that names it. */
export const rangeTarget = (cidr: string, place: Place): Target =>
  place.kind === 'object'
    ? new Target({ label: cidr, ref: place.object, path: place.path, cidr })
    : new Target({ label: cidr, ref: undefined, cidr });
