/** All scenarios by their names. */
import { cilium } from './cilium.js';
import type { Scenario } from './cluster.js';
import { dualStack } from './dualStack.js';
import { generated } from './generated.js';
import { lecture } from './lecture.js';
import { lectureFixed } from './lectureFixed.js';
import { minikube } from './minikube.js';
import { singleNode } from './singleNode.js';

export const scenarios: readonly Scenario[] = [
  lecture,
  lectureFixed,
  singleNode,
  minikube,
  dualStack,
  cilium,
  generated,
];

export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
