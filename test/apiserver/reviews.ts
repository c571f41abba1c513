/** Questions about oneself that the API server answers and does not keep: may I, what may I, who am I. */
import type { Access, Caller } from './access.js';
import { at, textAt, type JsonObject } from './json.js';

/** The status of a review. */
export type Review = (access: Access, caller: Caller, spec: JsonObject) => JsonObject;

const mayI: Review = (access, caller, spec) => {
  const asked = at(spec, 'resourceAttributes');
  if (asked === undefined) {
    return { allowed: access.mayGetPath(caller, textAt(spec, 'nonResourceAttributes', 'path') ?? '/') };
  }
  return {
    allowed: access.mayAsk(caller, {
      verb: textAt(asked, 'verb') ?? '',
      group: textAt(asked, 'group') ?? '',
      plural: textAt(asked, 'resource') ?? '',
      subresource: textAt(asked, 'subresource') ?? '',
      namespace: textAt(asked, 'namespace') ?? '',
    }),
  };
};

const whatMayI: Review = (access, caller, spec) => {
  const namespace = textAt(spec, 'namespace') ?? '';
  const rules = access
    .rulesOf(caller)
    .filter((rule) => rule.namespaces === undefined || rule.namespaces.includes(namespace));
  return {
    resourceRules: rules.map(({ verbs, apiGroups, resources }) => ({ verbs, apiGroups, resources })),
    nonResourceRules: [],
    incomplete: false,
  };
};

const whoAmI: Review = (_access, caller) => ({ userInfo: { username: caller.name, groups: caller.groups } });

export const reviews: ReadonlyMap<string, Review> = new Map([
  ['SelfSubjectAccessReview', mayI],
  ['SelfSubjectRulesReview', whatMayI],
  ['SelfSubjectReview', whoAmI],
]);
