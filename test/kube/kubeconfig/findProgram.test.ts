import assert from 'node:assert/strict';
import test from 'node:test';
import { findProgram, programCandidates } from '../../../src/kube/kubeconfig/findProgram.js';
import { surroundings, type MemoryFile } from './surroundings.js';

const linux = (PATH: string) => ({ environment: { PATH }, platform: 'linux' as const });
const windows = (environment: Record<string, string>) => ({ environment, platform: 'win32' as const });

test('a bare name is looked up in the absolute directories of PATH, in their order', () => {
  assert.deepEqual(programCandidates('aws', linux('/a:/b')), ['/a/aws', '/b/aws']);
  assert.deepEqual(programCandidates('aws', linux('')), []);
});

test('the current directory is never looked in, whatever PATH says', () => {
  assert.deepEqual(programCandidates('aws', linux(':.:bin:./x:/a:')), ['/a/aws']);
  assert.deepEqual(
    programCandidates('aws.exe', windows({ PATH: ';.;bin;\\x;C:y;\\\\server\\share;C:\\a', PATHEXT: '.exe' })),
    ['\\\\server\\share\\aws.exe', '\\\\server\\share\\aws.exe.exe', 'C:\\a\\aws.exe', 'C:\\a\\aws.exe.exe'],
  );
});

test('a name with a separator is a path, and only an absolute one counts', () => {
  assert.deepEqual(programCandidates('/opt/aws', linux('/a')), ['/opt/aws']);
  assert.deepEqual(programCandidates('./aws', linux('/a')), []);
  assert.deepEqual(programCandidates('bin/aws', windows({ PATH: 'C:\\a' })), []);
  assert.deepEqual(programCandidates('bin\\aws', windows({ PATH: 'C:\\a' })), []);
  assert.deepEqual(
    programCandidates('C:aws', windows({ PATH: 'C:\\a' })),
    [],
    'relative to the current directory of C:',
  );
});

test('Windows: extensions of PATHEXT are tried in order; a complete name is tried as it is first', () => {
  assert.deepEqual(programCandidates('aws', windows({ PATH: 'C:\\a', PATHEXT: '.COM; .EXE;.;CMD' })), [
    'C:\\a\\aws.com',
    'C:\\a\\aws.exe',
    'C:\\a\\aws.',
    'C:\\a\\aws.cmd',
  ]);
  assert.deepEqual(programCandidates('C:\\x\\aws.EXE', windows({ PATHEXT: '.exe' })), [
    'C:\\x\\aws.EXE',
    'C:\\x\\aws.EXE.exe',
  ]);
  assert.deepEqual(programCandidates('aws.v2', windows({ Path: '"C:\\p;q";C:\\a', PATHEXT: '.exe' })), [
    'C:\\p;q\\aws.v2.exe',
    'C:\\a\\aws.v2.exe',
  ]);
  assert.deepEqual(programCandidates('aws', windows({ PATH: 'C:\\a' })).slice(0, 2), [
    'C:\\a\\aws.com',
    'C:\\a\\aws.exe',
  ]);
});

const executable: MemoryFile = { content: '', executable: true };

test('what may not be executed, and directories, are passed over', async () => {
  const files = { '/a/aws': '', '/b/aws/x': '', '/c/aws': executable, '/d/aws': executable };
  assert.deepEqual(await findProgram('aws', surroundings(files, linux('/a:/b:/c:/d'))), { ok: true, path: '/c/aws' });
  const nowhere = await findProgram('aws', surroundings(files, linux('/a:/b')));
  assert.deepEqual(nowhere, { ok: false, problem: 'it is not in PATH' });
  const absolute = await findProgram('/a/aws', surroundings(files, linux('')));
  assert.deepEqual(absolute, { ok: false, problem: 'it does not exist, or may not be executed' });
});

test('Windows: a batch file would need a shell, and is refused', async () => {
  const files = { 'C:\\a\\az.cmd': executable, 'C:\\b\\az.exe': executable };
  const found = await findProgram('az', surroundings(files, windows({ PATH: 'C:\\a;C:\\b', PATHEXT: '.exe;.cmd' })));
  assert.ok(!found.ok);
  assert.match(found.problem, /az.cmd is a batch file/);
});
