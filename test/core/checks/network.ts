/** Cluster networks for tests of checks: facts of test/core/facts.ts, a reading, and the claims that both make. */
import assert from 'node:assert/strict';
import type { Check, Finding } from '../../../src/core/checks/check.js';
import { readNetwork } from '../../../src/core/cni/index.js';
import { parseCidr } from '../../../src/core/ip/range.js';
import { buildClaims } from '../../../src/core/network/build.js';
import type { Claim, Role } from '../../../src/core/network/claim.js';
import type { ClusterNetwork } from '../../../src/core/network/clusterNetwork.js';
import { objectPlace } from '../../../src/core/network/place.js';
import { type CniReading, unknownReading } from '../../../src/core/network/reading.js';
import { facts, type FactsOptions } from '../facts.js';

/** A reading that knows where pod addresses come from. */
export const reading = (parts: Partial<CniReading> = {}): CniReading => ({ ...unknownReading, ...parts });

/** Flannel, as far as most checks care: `spec.podCIDR` is in force. */
export const honoursPodCidr = reading({
  solution: 'flannel',
  title: 'Flannel',
  confidence: 'certain',
  addressSource: 'node-pod-cidr',
});
/** Cilium's cluster-pool, as far as most checks care: ranges a node of its own. */
export const ownRanges = reading({
  solution: 'cilium',
  title: 'Cilium',
  confidence: 'certain',
  addressSource: 'solution-per-node',
});

/** A claim; its place is a made-up object of that owner. */
export function claim(role: Role, text: string, options: Partial<Claim> = {}): Claim {
  const cidr = parseCidr(text);
  assert.ok(cidr.ok, text);
  const owner = options.owner ?? options.node ?? 'cluster';
  return {
    range: cidr.value,
    text,
    role,
    owner,
    place: objectPlace({ apiVersion: 'example.org/v1', kind: 'Plan', name: owner }, 'spec', role, text),
    provenance: 'declared',
    ...options,
  };
}

/** A network of these facts, this reading (unknown unless given) and further claims. */
export function network(
  options: FactsOptions,
  read: CniReading = unknownReading,
  claims: readonly Claim[] = [],
): ClusterNetwork {
  const known = facts(options);
  return { facts: known, reading: read, claims: [...buildClaims(known, read), ...claims] };
}

/** As the product reads the facts: the solution recognised from its objects. */
export const readAll = (options: FactsOptions): ClusterNetwork => readNetwork(facts(options));

/** What the check finds, after looking at what every finding must be. */
export function run(check: Check, on: ClusterNetwork): readonly Finding[] {
  const findings = check.run(on);
  const ids = new Set<string>();
  for (const found of findings) {
    assert.equal(found.code, check.code);
    assert.ok(found.subjects.length > 0, `${found.code} without a subject`);
    assert.ok(found.evidence.length > 0, `${found.code} without evidence`);
    assert.ok(found.message !== '' && !found.message.endsWith('.'), `${found.code}: ${found.message}`);
    assert.ok(!ids.has(found.id), `two findings with the identity ${found.id}`);
    ids.add(found.id);
  }
  return findings;
}

/** `error: the message`, for comparing at a glance. */
export const told = (findings: readonly Finding[]): string[] =>
  findings.map((found) => `${found.severity}: ${found.message}`);
