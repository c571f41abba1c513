/**
 * `networking.k8s.io/v1` NetworkPolicies, read once into what evaluation needs.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
import { type Cidr, parseCidr } from '../ip/range.js';
import type { CustomObject } from '../network/facts.js';
import { at, isObject, listOf, numberOf, textOf, textsOf } from '../network/json.js';
import type { ObjectRef } from '../network/place.js';
import { readSelector, type Selector } from './selector.js';

export interface PolicyPort {
  readonly protocol: string;
  /** A number, the name of a container port, or absent: every port. */
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

export type PolicyPeer =
  | {
      readonly kind: 'pods';
      /** Absent: the policy's own namespace. */
      readonly namespaces: Selector | undefined;
      /** Absent: every pod of those namespaces. */
      readonly pods: Selector | undefined;
    }
  | { readonly kind: 'block'; readonly cidr: Cidr; readonly except: readonly Cidr[] }
  /** Not to be understood; neither allows nor does not. */
  | { readonly kind: 'unreadable' };

export interface PolicyRule {
  /** Empty: everybody. */
  readonly peers: readonly PolicyPeer[];
  /** Empty: every port and protocol. */
  readonly ports: readonly PolicyPort[];
}

export interface Policy {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly pods: Selector;
  /** Undefined: it does not isolate for this direction. */
  readonly ingress: readonly PolicyRule[] | undefined;
  readonly egress: readonly PolicyRule[] | undefined;
}

function readPeer(value: unknown): PolicyPeer {
  const block = at(value, 'ipBlock');
  if (isObject(block)) {
    const cidr = parseCidr(textOf(at(block, 'cidr')));
    const except = textsOf(at(block, 'except')).map(parseCidr);
    if (!cidr.ok) return { kind: 'unreadable' };
    const parsed: Cidr[] = [];
    for (const one of except) {
      if (!one.ok) return { kind: 'unreadable' };
      parsed.push(one.value);
    }
    return { kind: 'block', cidr: cidr.value, except: parsed };
  }
  const namespaces = readSelector(at(value, 'namespaceSelector'));
  const pods = readSelector(at(value, 'podSelector'));
  return namespaces === undefined && pods === undefined ? { kind: 'unreadable' } : { kind: 'pods', namespaces, pods };
}

function readPort(value: unknown): PolicyPort {
  const port = at(value, 'port');
  return {
    protocol: textOf(at(value, 'protocol')) || 'TCP',
    port: numberOf(port) ?? (typeof port === 'string' ? textOf(port) : undefined),
    endPort: numberOf(at(value, 'endPort')),
  };
}

/** What stands for the rest of a list that is longer than what is read of it: a rule that nobody can judge. */
const REST: PolicyRule = { peers: [{ kind: 'unreadable' }], ports: [] };

const isCut = (value: unknown): boolean => Array.isArray(value) && value.length > listOf(value).length;

function readRules(value: unknown, peers: 'from' | 'to'): PolicyRule[] {
  const rules = listOf(value).map((rule) =>
    isCut(at(rule, peers)) || isCut(at(rule, 'ports'))
      ? REST
      : { peers: listOf(at(rule, peers)).map(readPeer), ports: listOf(at(rule, 'ports')).map(readPort) },
  );
  return isCut(value) ? [...rules, REST] : rules;
}

/**
 * Reads one object. `policyTypes` left out means Ingress always, and Egress when there is an egress rule
 * (`SetDefaults_NetworkPolicy` in https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/networking/v1/defaults.go).
 */
export function readPolicy(object: CustomObject): Policy {
  const spec = at(object.content, 'spec');
  const egressRules = readRules(at(spec, 'egress'), 'to');
  const stated = textsOf(at(spec, 'policyTypes'));
  const types = stated.length > 0 ? stated : ['Ingress', ...(egressRules.length > 0 ? ['Egress'] : [])];
  return {
    ref: object.ref,
    namespace: object.ref.namespace ?? '',
    pods: readSelector(at(spec, 'podSelector')) ?? { requirements: [] },
    ingress: types.includes('Ingress') ? readRules(at(spec, 'ingress'), 'from') : undefined,
    egress: types.includes('Egress') ? egressRules : undefined,
  };
}
