/** The answers to paths that are not of resources: health, version, discovery. */
import * as discovery from './discovery.js';
import type { JsonObject } from './json.js';
import type { Resource } from './resources.js';
import type { Body } from './bodies.js';

export interface AboutServer {
  readonly resources: readonly Resource[];
  /** `v1.34.4`. */
  readonly version: string;
  readonly host: string;
}

export interface AboutAnswer extends Body {
  readonly code: number;
}

/** Whatever the path, there is an answer; the last is 404. */
export function answerAbout(server: AboutServer, path: string, accept: string): AboutAnswer {
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return text(200, 'ok');
  const aggregated = accept.split(',')[0]?.includes('as=APIGroupDiscoveryList') === true;
  if (aggregated && (path === '/api' || path === '/apis')) {
    return json(discovery.aggregatedDiscovery(server.resources, path === '/api'), discovery.AGGREGATED);
  }
  const found = documentAt(server, path.split('/').slice(1));
  return found === undefined ? text(404, '404 page not found\n') : json(found, 'application/json');
}

function documentAt({ resources, version, host }: AboutServer, path: readonly string[]): JsonObject | undefined {
  const [root, first, second] = path;
  switch (root) {
    case 'version':
      return versionDocument(version);
    case 'api':
      return first === undefined ? discovery.apiVersions(host) : discovery.apiResourceList(resources, '', first);
    case 'apis':
      if (first === undefined) return discovery.apiGroupList(resources);
      if (second === undefined) return discovery.oneApiGroup(resources, first);
      return discovery.apiResourceList(resources, first, second);
    case 'openapi': {
      if (first !== 'v3') return undefined;
      const [, , kind, group = '', groupVersion = ''] = path;
      if (kind === undefined) return discovery.openApiIndex(resources);
      return kind === 'api'
        ? discovery.openApiDocument(resources, '', group)
        : discovery.openApiDocument(resources, group, groupVersion);
    }
    default:
      return undefined;
  }
}

function versionDocument(version: string): JsonObject {
  const [, major = '1', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return {
    major,
    minor,
    gitVersion: `${version}+simulated`,
    gitCommit: 'simulated',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'simulated',
    compiler: 'simulated',
    platform: 'simulated',
  };
}

function text(code: number, words: string): AboutAnswer {
  return { code, bytes: Buffer.from(words), type: 'text/plain; charset=utf-8' };
}

function json(value: JsonObject, type: string): AboutAnswer {
  return { code: 200, bytes: Buffer.from(JSON.stringify(value)), type };
}
