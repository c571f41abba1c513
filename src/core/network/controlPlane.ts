/**
 * What the control plane was told about ranges, as far as the API shows it.
 *
 * Answers for: the flags of kube-apiserver and kube-controller-manager (static pods), kubeadm's record, kube-proxy's
 * configuration, and the arguments that k3s and RKE2 write on their nodes. Everything with its exact place. Only
 * `kube-system` is looked at: elsewhere anybody may own an object of that name. Flags:
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
import type { Family } from '../ip/address.js';
import { isPrefixLength } from '../ip/blocks.js';
import { type CidrField, cidrField, type ClusterFacts, type ConfigMapFacts, type ContainerFacts } from './facts.js';
import { type Flag, flagOf, lastFlag, runs, switchOf } from './flags.js';
import { at, listOf, parseJson, shown, textOf, textsOf } from './json.js';
import { compareNatural } from './naturalOrder.js';
import { type FieldPath, nodeRef, type ObjectRef } from './place.js';
import { yamlValues } from './yaml.js';

/** A range that somebody stated, and the object in which it stands. */
export interface Statement extends CidrField {
  readonly object: ObjectRef;
}

export interface KubeProxyFacts {
  readonly object: ObjectRef;
  /** `iptables`, `ipvs`, `nftables`, or empty when nothing is set. */
  readonly mode: string;
  /** `ClusterCIDR`, `NodeCIDR`, `BridgeInterface`, `InterfaceNamePrefix`, or empty (which is `ClusterCIDR`). */
  readonly detectLocalMode: string;
  readonly clusterCIDRs: readonly Statement[];
}

export interface ControlPlane {
  /** `--service-cluster-ip-range` of kube-apiserver. */
  readonly apiServerServices: readonly Statement[];
  /** The same flag of kube-controller-manager: its allocator keeps node ranges clear of it. */
  readonly controllerManagerServices: readonly Statement[];
  /** `--cluster-cidr` of kube-controller-manager. */
  readonly controllerManagerPods: readonly Statement[];
  /** Whether kube-controller-manager hands out `node.spec.podCIDRs`; undefined when its flags cannot be seen. */
  readonly allocatesNodeCIDRs: boolean | undefined;
  /** Prefix length of a node's range in each family, when it was set: by flag or through kubeadm. */
  readonly nodeMask: Readonly<Record<Family, number | undefined>>;
  /** `networking.serviceSubnet` and `networking.podSubnet` of kubeadm's record. */
  readonly kubeadmServices: readonly Statement[];
  readonly kubeadmPods: readonly Statement[];
  readonly kubeProxy: KubeProxyFacts | undefined;
  /** `--service-cidr` and `--cluster-cidr` of k3s or RKE2 servers. */
  readonly k3sServices: readonly Statement[];
  readonly k3sPods: readonly Statement[];
  /** A server of k3s or RKE2 whose arguments are visible: what they do not mention has its documented default. */
  readonly k3sServer: { readonly object: ObjectRef; readonly path: FieldPath } | undefined;
}

/** The statements of a comma list. */
const statements = (object: ObjectRef, list: string, path: FieldPath): Statement[] =>
  list
    .split(',', 16)
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ object, ...cidrField(text, ...path) }));

/** The first of those that say the same, as the replicas of a control plane do. */
function distinct(all: readonly Statement[]): Statement[] {
  const seen = new Set<string>();
  return all.filter((statement) => {
    if (seen.has(statement.text)) return false;
    seen.add(statement.text);
    return true;
  });
}

interface Component {
  readonly ref: ObjectRef;
  readonly containers: readonly ContainerFacts[];
}

/** Pods and workloads of `kube-system` that run the program, in order of their names; only the containers that do. */
function components(facts: ClusterFacts, program: string): Component[] {
  const found = new Map<string, Component>();
  for (const { ref, containers } of [...facts.workloads, ...facts.systemPods]) {
    if (ref.namespace !== 'kube-system') continue;
    const running = containers.filter((container) => container.name === program || runs(container, program));
    // A flag's index counts all containers, so either all of them are kept or none.
    if (running.length > 0) found.set(`${ref.kind}/${ref.name}`, { ref, containers });
  }
  return [...found.values()].sort((a, b) => compareNatural(a.ref.name, b.ref.name));
}

const flagsOf = (all: readonly Component[], name: string): (Flag & { readonly object: ObjectRef })[] =>
  all.flatMap(({ ref, containers }) => {
    const flag = flagOf(containers, ref.kind, name);
    return flag === undefined ? [] : [{ object: ref, ...flag }];
  });

const rangesOfFlag = (all: readonly Component[], name: string): Statement[] =>
  distinct(flagsOf(all, name).flatMap(({ object, value, path }) => statements(object, value, path)));

const systemConfigMap = (facts: ClusterFacts, name: string): ConfigMapFacts | undefined =>
  facts.configMaps.find((map) => map.ref.namespace === 'kube-system' && map.ref.name === name);

/** The values in a ConfigMap that are of this kind, with the key under which they stand. */
function configured(map: ConfigMapFacts | undefined, kind: string): { key: string; value: unknown }[] {
  return Object.entries(map?.data ?? {})
    .filter(([, text]) => text.includes(kind))
    .flatMap(([key, text]) => yamlValues(text).map((value) => ({ key, value })))
    .filter(({ value }) => at(value, 'kind') === kind);
}

/** kubeadm's extra arguments: a map in v1beta3, a list of names and values in v1beta4. */
function extraArg(extraArgs: unknown, name: string): string {
  const listed = listOf(extraArgs).find((entry) => at(entry, 'name') === name);
  return shown(listed === undefined ? at(extraArgs, name) : at(listed, 'value'));
}

function maskOf(family: Family, ...texts: readonly (string | undefined)[]): number | undefined {
  for (const text of texts) {
    if (text === undefined || !/^\d{1,3}$/.test(text)) continue;
    const mask = Number(text);
    if (isPrefixLength(family, mask)) return mask;
  }
  return undefined;
}

function kubeProxyOf(facts: ClusterFacts): KubeProxyFacts | undefined {
  const map = systemConfigMap(facts, 'kube-proxy');
  const [config] = configured(map, 'KubeProxyConfiguration');
  if (map !== undefined && config !== undefined)
    return {
      object: map.ref,
      mode: textOf(at(config.value, 'mode')),
      detectLocalMode: textOf(at(config.value, 'detectLocalMode')),
      clusterCIDRs: statements(map.ref, textOf(at(config.value, 'clusterCIDR')), ['data', config.key, 'clusterCIDR']),
    };
  const running = components(facts, 'kube-proxy');
  const [first] = running;
  if (first === undefined) return undefined;
  const value = (name: string): string => flagsOf(running, name)[0]?.value ?? '';
  return {
    object: first.ref,
    mode: value('--proxy-mode'),
    detectLocalMode: value('--detect-local-mode'),
    clusterCIDRs: rangesOfFlag(running, '--cluster-cidr'),
  };
}

/** The annotations in which k3s and RKE2 keep the arguments of a node, as a JSON list. */
const NODE_ARGS = ['k3s.io/node-args', 'rke2.io/node-args'] as const;

function k3sServers(facts: ClusterFacts): { object: ObjectRef; path: FieldPath; words: readonly string[] }[] {
  // In order of their names, so that of servers that say the same it is always the same one that stands for them.
  const nodes = [...facts.nodes].sort((a, b) => compareNatural(a.name, b.name));
  return nodes.flatMap((node) =>
    NODE_ARGS.flatMap((key) => {
      const text = node.annotations[key];
      const words = text === undefined ? [] : textsOf(parseJson(text));
      return words[0] === 'server'
        ? [{ object: nodeRef(node.name), path: ['metadata', 'annotations', key], words }]
        : [];
    }),
  );
}

export function controlPlaneOf(facts: ClusterFacts): ControlPlane {
  const apiServers = components(facts, 'kube-apiserver');
  const controllerManagers = components(facts, 'kube-controller-manager');
  const kubeadm = systemConfigMap(facts, 'kubeadm-config');
  const [record] = configured(kubeadm, 'ClusterConfiguration');
  const extra = at(record?.value, 'controllerManager', 'extraArgs');
  const recorded = (field: string): Statement[] =>
    kubeadm === undefined || record === undefined
      ? []
      : statements(kubeadm.ref, textOf(at(record.value, 'networking', field)), [
          'data',
          record.key,
          'networking',
          field,
        ]);
  const servers = k3sServers(facts);
  const ofServers = (name: string): Statement[] =>
    distinct(
      servers.flatMap(({ object, path, words }) => statements(object, lastFlag(words, name)?.value ?? '', path)),
    );
  const mask = (family: Family): number | undefined => {
    const names = [`node-cidr-mask-size-ipv${family}`, 'node-cidr-mask-size'];
    return maskOf(
      family,
      ...names.map((name) => flagsOf(controllerManagers, `--${name}`)[0]?.value),
      ...names.map((name) => extraArg(extra, name)),
    );
  };
  const allocates = controllerManagers.map(({ containers }) => switchOf(containers, '--allocate-node-cidrs') ?? false);
  return {
    apiServerServices: rangesOfFlag(apiServers, '--service-cluster-ip-range'),
    controllerManagerServices: rangesOfFlag(controllerManagers, '--service-cluster-ip-range'),
    controllerManagerPods: rangesOfFlag(controllerManagers, '--cluster-cidr'),
    allocatesNodeCIDRs: allocates.length === 0 ? undefined : allocates.includes(true),
    nodeMask: { 4: mask(4), 6: mask(6) },
    kubeadmServices: recorded('serviceSubnet'),
    kubeadmPods: recorded('podSubnet'),
    kubeProxy: kubeProxyOf(facts),
    k3sServices: ofServers('--service-cidr'),
    k3sPods: ofServers('--cluster-cidr'),
    k3sServer: servers[0],
  };
}
