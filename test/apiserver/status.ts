/**
 * The Status objects that the API server answers when it cannot do what was asked, in the real server's own words
 * (read off a v1.34.4 server; https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
 */
import type { JsonObject } from './json.js';

export interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: JsonObject;
  /** Set on a list that can go on inconsistently (410). */
  readonly continue?: string;
}

interface Named {
  readonly group: string;
  readonly plural: string;
}

function details(of: Named, name?: string): JsonObject {
  return { ...(name === undefined ? {} : { name }), ...(of.group === '' ? {} : { group: of.group }), kind: of.plural };
}

function qualified(of: Named): string {
  return of.group === '' ? of.plural : `${of.plural}.${of.group}`;
}

export function statusObject(failure: Failure): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: failure.continue === undefined ? {} : { continue: failure.continue },
    status: 'Failure',
    message: failure.message,
    reason: failure.reason,
    ...(failure.details === undefined ? {} : { details: failure.details }),
    code: failure.code,
  };
}

export const unauthorized: Failure = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };

/** What somebody may not do. `namespace` empty: at the cluster scope. `subresource` stands in the sentence as `pods/exec`. */
export function forbidden(ask: {
  readonly user: string;
  readonly verb: string;
  readonly resource: Named;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}): Failure {
  const { user, verb, resource, namespace, name } = ask;
  const what = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const asked = ask.subresource === '' ? resource.plural : `${resource.plural}/${ask.subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return {
    code: 403,
    reason: 'Forbidden',
    message: `${what} is forbidden: User "${user}" cannot ${verb} resource "${asked}" in API group "${resource.group}" ${where}`,
    details: details(resource, name === '' ? undefined : name),
  };
}

export function forbiddenPath(user: string, verb: string, path: string): Failure {
  return {
    code: 403,
    reason: 'Forbidden',
    message: `forbidden: User "${user}" cannot ${verb} path "${path}"`,
    details: {},
  };
}

export function notFound(of: Named, name: string): Failure {
  return { code: 404, reason: 'NotFound', message: `${qualified(of)} "${name}" not found`, details: details(of, name) };
}

export const unknownResource: Failure = {
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
  details: {},
};

export const methodNotAllowed: Failure = {
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
};

export function badRequest(message: string): Failure {
  return { code: 400, reason: 'BadRequest', message };
}

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** No form that the client would take. Custom resources, which have no protobuf, are refused in other words. */
export function notAcceptable(custom: boolean): Failure {
  const failure = { code: 406, reason: 'NotAcceptable' };
  if (custom) return { ...failure, message: `only the following media types are accepted: ${MEDIA_TYPES.join(', ')}` };
  const types = [...MEDIA_TYPES, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  return {
    ...failure,
    message: `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`,
    details: {},
  };
}

export const unsupportedMediaType: Failure = {
  code: 415,
  reason: 'UnsupportedMediaType',
  message: '415: Unsupported Media Type',
  details: {},
};

export function alreadyExists(of: Named, name: string): Failure {
  return {
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualified(of)} "${name}" already exists`,
    details: details(of, name),
  };
}

export function conflict(of: Named, name: string): Failure {
  return {
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(of)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    details: details(of, name),
  };
}

export function invalid(kind: string, name: string, field: string, message: string, reason: string): Failure {
  return {
    code: 422,
    reason: 'Invalid',
    message: `${kind} "${name}" is invalid: ${field}: ${message}`,
    details: { ...(name === '' ? {} : { name }), kind, causes: [{ reason, message, field }] },
  };
}

/** A continue token from before a compaction; `token` goes on with what there is now. */
export function continueExpired(token: string): Failure {
  return {
    code: 410,
    reason: 'Expired',
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
    continue: token,
  };
}

export function revisionTooOld(asked: number, oldest: number): Failure {
  return { code: 410, reason: 'Expired', message: `too old resource version: ${asked} (${oldest})` };
}

export function revisionTooLarge(asked: number, current: number): Failure {
  return {
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  };
}

export function internalError(message: string): Failure {
  return {
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  };
}
