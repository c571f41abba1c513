/** The reading of a cluster whose networking solution is not known: what the pods' own addresses show, and nothing else. */
import type { ClusterFacts } from '../network/facts.js';
import { type CniReading, unknownReading } from '../network/reading.js';
import { podCIDRWitnesses, showPodCIDRs } from './podCIDRWitnesses.js';

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function readUnrecognised(facts: ClusterFacts): Omit<CniReading, 'others'> {
  const witnesses = podCIDRWitnesses(facts);
  const honoured = showPodCIDRs(witnesses);
  const evidence =
    witnesses.podsInside + witnesses.podsOutside === 0
      ? []
      : [
          {
            fact: `${counted(witnesses.podsInside, 'pod')} have an address of their node's spec.podCIDR, ${witnesses.podsOutside} do not (on ${counted(witnesses.for + witnesses.against, 'node')})`,
          },
        ];
  return {
    ...unknownReading,
    confidence: honoured ? 'probable' : 'none',
    evidence,
    addressSource: honoured ? 'node-pod-cidr' : 'unknown',
  };
}
