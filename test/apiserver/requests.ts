/** What a URL of the Kubernetes API asks for (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris). */

export interface Target {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Empty: at the cluster scope, or across all namespaces. */
  readonly namespace: string;
  /** Empty: the collection. */
  readonly name: string;
  readonly subresource: string;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** The resource of a path, or undefined when it is not a path of resources. */
export function parseTarget(path: string): Target | undefined {
  const segments = path.split('/').slice(1).map(decodeSegment);
  const [root, ...rest] = segments;
  let group = '';
  if (root === 'apis') group = rest.shift() ?? '';
  else if (root !== 'api') return undefined;
  const version = rest.shift();
  if (version === undefined || rest.length === 0 || rest.includes('')) return undefined;
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest;
  if (rest.length > 5) return undefined;
  const namespaced = first === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(third);
  return namespaced
    ? { group, version, namespace: second, plural: third, name: fourth, subresource: fifth }
    : {
        group,
        version,
        namespace: first === 'namespaces' ? second : '',
        plural: first,
        name: second,
        subresource: third,
      };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A malformed escape is no name of anything: answered with 404 like other unknown paths.
    return segment;
  }
}

export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}

/** The verb of a method on a target, or undefined (405). */
export function verbOf(method: string, target: Target, query: URLSearchParams): Verb | undefined {
  const one = target.name !== '';
  switch (method) {
    case 'GET':
      if (isTrue(query.get('watch'))) return 'watch';
      return one ? 'get' : 'list';
    case 'POST':
      return one && target.subresource === '' ? undefined : 'create';
    case 'PUT':
      return one ? 'update' : undefined;
    case 'PATCH':
      return one ? 'patch' : undefined;
    case 'DELETE':
      return one ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}
