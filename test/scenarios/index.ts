/** All scenarios by their names. */
import type { Scenario } from './cluster.js';
import { lecture } from './lecture.js';
import { lectureFixed } from './lectureFixed.js';

export const scenarios: readonly Scenario[] = [lecture, lectureFixed];

export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
