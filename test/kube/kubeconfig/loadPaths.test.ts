/** Paths within a kubeconfig, by the rules of both kinds of platforms. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import { surroundings } from './surroundings.js';

const signal = new AbortController().signal;

async function resolved(platform: 'linux' | 'win32', file: string, path: string) {
  const text = JSON.stringify({
    clusters: [{ name: 'k', cluster: { server: 'https://k', 'certificate-authority': path } }],
    users: [
      { name: 'u', user: { 'client-certificate': path, 'client-key': path, tokenFile: path, exec: { command: path } } },
    ],
  });
  const config = await loadKubeconfig(file, surroundings({ [file]: text }, { platform }), signal);
  assert.deepEqual(config.problems, []);
  const [cluster] = config.clusters;
  const [user] = config.users;
  const files = [cluster?.certificateAuthority, user?.clientCertificate, user?.clientKey, user?.tokenFile];
  assert.equal(new Set(files).size, 1, 'every file by the same rule');
  return { file: files[0], program: user?.exec?.command };
}

test('Linux and macOS: relative to the kubeconfig; a bare program is left to PATH', async () => {
  const on = (path: string) => resolved('linux', '/home/me/.kube/config', path);
  assert.deepEqual(await on('pki/ca'), { file: '/home/me/.kube/pki/ca', program: '/home/me/.kube/pki/ca' });
  assert.deepEqual(await on('../ca'), { file: '/home/me/ca', program: '/home/me/ca' });
  assert.deepEqual(await on('/etc/ca'), { file: '/etc/ca', program: '/etc/ca' });
  assert.deepEqual(await on('ca'), { file: '/home/me/.kube/ca', program: 'ca' });
  assert.deepEqual(await on('a\\b'), { file: '/home/me/.kube/a\\b', program: 'a\\b' });
  assert.deepEqual(await on(''), { file: '', program: '' });
});

test('Windows: what has neither drive nor share is relative to the kubeconfig, with either separator', async () => {
  const on = (path: string) => resolved('win32', 'C:\\Users\\me\\.kube\\config', path);
  const kube = 'C:\\Users\\me\\.kube';
  assert.deepEqual(await on('pki\\ca'), { file: `${kube}\\pki\\ca`, program: `${kube}\\pki\\ca` });
  assert.deepEqual(await on('./ca'), { file: `${kube}\\ca`, program: `${kube}\\ca` });
  assert.deepEqual(await on('\\ca'), { file: `${kube}\\ca`, program: `${kube}\\ca` });
  assert.deepEqual(await on('D:\\ca'), { file: 'D:\\ca', program: 'D:\\ca' });
  assert.deepEqual(await on('D:/ca'), { file: 'D:/ca', program: 'D:/ca' });
  assert.deepEqual(await on('\\\\server\\share\\ca'), {
    file: '\\\\server\\share\\ca',
    program: '\\\\server\\share\\ca',
  });
  assert.deepEqual(await on('ca.exe'), { file: `${kube}\\ca.exe`, program: 'ca.exe' });
});

test('a file that the user named must be there; one of a list need not', async () => {
  const here = surroundings(
    { '/work/there': 'current-context: c' },
    { environment: { KUBECONFIG: '/nowhere:/work/there' } },
  );
  assert.deepEqual((await loadKubeconfig('nowhere', here, signal)).problems, [
    { file: '/work/nowhere', line: 0, column: 0, message: 'no such file' },
  ]);
  const listed = await loadKubeconfig(undefined, here, signal);
  assert.deepEqual(listed.problems, []);
  assert.deepEqual(listed.files, [
    { path: '/nowhere', state: 'missing' },
    { path: '/work/there', state: 'read' },
  ]);
});
