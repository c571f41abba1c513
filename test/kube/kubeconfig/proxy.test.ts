import assert from 'node:assert/strict';
import test from 'node:test';
import { proxyFor, proxyPort, proxyProblem } from '../../../src/kube/kubeconfig/proxy.js';

/** Server, environment, and the proxy that Go 1.26's `http.ProxyFromEnvironment` answers (checked with it). */
const GO: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['https://api.example', {}, ''],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
  ['https://api.example', { https_proxy: 'http://p:1' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' }, 'http://upper:1'],
  ['https://api.example', { HTTPS_PROXY: '', https_proxy: 'http://lower:1' }, 'http://lower:1'],
  ['https://api.example', { HTTP_PROXY: 'http://p:1' }, ''],
  ['https://api.example', { ALL_PROXY: 'http://p:1' }, ''],
  ['http://api.example', { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'p:1' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'p' }, 'http://p'],
  ['https://api.example', { HTTPS_PROXY: 'socks5://u:w@p:1' }, 'socks5://u:w@p:1'],
  ['https://localhost:6443', { HTTPS_PROXY: 'http://p:1' }, ''],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://p:1' }, ''],
  ['https://127.9.9.9:6443', { HTTPS_PROXY: 'http://p:1' }, ''],
  ['https://[::1]:6443', { HTTPS_PROXY: 'http://p:1' }, ''],
  ['https://10.0.0.1:6443', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, ''],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other, example' }, ''],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', no_proxy: 'api.example' }, ''],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'API.Example' }, ''],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'pi.example' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example' }, ''],
  ['https://example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example' }, 'http://p:1'],
  ['https://example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*.example' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*.example' }, ''],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example:443' }, ''],
  ['https://api.example:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example:443' }, 'http://p:1'],
  ['https://api.example:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.example:6443' }, ''],
  ['https://10.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, ''],
  ['https://11.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.1.2.3' }, ''],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.1.2.3:6443' }, ''],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.1.2.3:443' }, 'http://p:1'],
  ['https://10.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '2.3' }, 'http://p:1'],
  ['https://[fd00::5]', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'fd00::/8' }, ''],
  ['https://[fd00::5]:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'fd00::5' }, ''],
  ['https://[fd00::5]:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '[fd00::5]:6443' }, ''],
  ['https://[fd00::5]:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '[fd00::5]:1' }, 'http://p:1'],
  ['https://api.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: ':443,,x' }, 'http://p:1'],
];

const text = (proxy: URL | undefined): string => proxy?.href.replace(/\/$/, '') ?? '';

for (const [server, environment, expected] of GO) {
  test(`as Go: ${server} with ${JSON.stringify(environment)}`, () => {
    assert.equal(text(proxyFor(new URL(server), '', { environment, platform: 'linux' })), expected);
  });
}

test('the kubeconfig’s proxy-url wins over the environment, and over NO_PROXY', () => {
  const environment = { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' };
  const server = new URL('https://127.0.0.1');
  assert.equal(text(proxyFor(server, 'socks5://q:2', { environment, platform: 'linux' })), 'socks5://q:2');
});

test('an environment proxy of a scheme that is not spoken is passed over', () => {
  const environment = { HTTPS_PROXY: 'ftp://p:1' };
  assert.equal(proxyFor(new URL('https://api.example'), '', { environment, platform: 'linux' }), undefined);
});

test('proxy-url must be http, https or socks5', () => {
  assert.equal(proxyProblem('http://p'), undefined);
  assert.equal(proxyProblem('https://u:w@p:1'), undefined);
  assert.equal(proxyProblem('socks5://[::1]:1'), undefined);
  assert.match(proxyProblem('ftp://p') ?? '', /scheme ftp/);
  assert.match(proxyProblem('p:1') ?? '', /scheme p/);
  assert.match(proxyProblem('p') ?? '', /not a URL/);
});

test('default ports', () => {
  const port = (url: string): number => proxyPort(new URL(url));
  assert.deepEqual(
    ['http://p', 'https://p', 'socks5://p', 'http://p:80', 'http://p:3128', 'socks5h://p'].map(port),
    [80, 443, 1080, 80, 3128, 1080],
  );
});
