import assert from 'node:assert/strict';
import test from 'node:test';
import { kubeconfigLocations, splitPathList } from '../../../src/kube/kubeconfig/locations.js';
import { surroundings } from './surroundings.js';

const windows = (environment: Record<string, string>, files: Record<string, string> = {}) =>
  surroundings(files, { platform: 'win32', environment, home: 'C:\\system', currentDirectory: 'C:\\work' });

const filesOf = async (...args: Parameters<typeof kubeconfigLocations>): Promise<readonly string[]> =>
  (await kubeconfigLocations(...args)).files;

test('what the user named wins, relative to the current directory, with ~ for a setting', async () => {
  const linux = surroundings({}, { environment: { HOME: '/home/me', KUBECONFIG: '/a:/b' } });
  assert.deepEqual(await kubeconfigLocations('x/y', linux), { files: ['/work/x/y'], chosenBy: 'user' });
  assert.deepEqual(await filesOf('~/x', linux), ['/home/me/x']);
  assert.deepEqual(await filesOf('~x', linux), ['/work/~x'], 'another user’s home is a shell’s business');
  assert.deepEqual(await filesOf('', linux), ['/a', '/b'], 'an empty setting names nothing');
});

test('KUBECONFIG is a list: empty entries are passed over, repeated ones count once', async () => {
  const linux = surroundings({}, { environment: { HOME: '/home/me', KUBECONFIG: ':/a::b:/a:' } });
  assert.deepEqual(await kubeconfigLocations(undefined, linux), { files: ['/a', '/work/b'], chosenBy: 'KUBECONFIG' });
});

test('without KUBECONFIG it is ~/.kube/config, by HOME, else by what the system says', async () => {
  const expected = { files: ['/home/me/.kube/config'], chosenBy: 'home' };
  assert.deepEqual(
    await kubeconfigLocations(undefined, surroundings({}, { environment: { HOME: '/home/me' } })),
    expected,
  );
  assert.deepEqual(
    await kubeconfigLocations(undefined, surroundings({}, { environment: { KUBECONFIG: '', HOME: '/home/me' } })),
    expected,
  );
  assert.deepEqual(await filesOf(undefined, surroundings({})), ['/home/system/.kube/config']);
});

test('Windows: lists are split at semicolons, quotes keep one within an entry', async () => {
  assert.deepEqual(splitPathList('C:\\a;"C:\\b;c"\\d;;', 'win32'), ['C:\\a', 'C:\\b;c\\d', '', '']);
  assert.deepEqual(splitPathList('', 'win32'), []);
  assert.deepEqual(await filesOf(undefined, windows({ KUBECONFIG: 'C:\\a;b' })), ['C:\\a', 'C:\\work\\b']);
  assert.deepEqual(await filesOf(undefined, windows({ KubeConfig: 'C:\\a' })), ['C:\\a'], 'variables have no case');
});

test('Windows: the home directory is the one with a kubeconfig, else one that can be written, else the first', async () => {
  const all = { HOME: 'C:\\home', HOMEDRIVE: 'D:', HOMEPATH: '\\drive', USERPROFILE: 'C:\\profile' };
  const config = async (environment: Record<string, string>, files: Record<string, string>) =>
    (await filesOf(undefined, windows(environment, files)))[0];
  assert.equal(
    await config(all, { 'D:\\drive\\.kube\\config': '', 'C:\\profile\\.kube\\config': '' }),
    'D:\\drive\\.kube\\config',
  );
  assert.equal(await config(all, { 'C:\\profile\\x': '' }), 'C:\\profile\\.kube\\config');
  assert.equal(await config(all, {}), 'C:\\home\\.kube\\config');
  assert.equal(await config({ USERPROFILE: 'C:\\profile' }, {}), 'C:\\profile\\.kube\\config');
  assert.equal(await config({}, {}), 'C:\\system\\.kube\\config');
});
