/** The watcher on the real file system. Each test waits for the event itself; a test that waits in vain is ended by its limit. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, suite, test, type TestContext } from 'node:test';
import { watchFiles } from '../../../src/kube/kubeconfig/watch.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-watch-'));
/** The watcher itself keeps no process alive. */
const alive = setInterval(() => undefined, 60_000);
after(() => {
  clearInterval(alive);
  rmSync(root, { recursive: true });
});

const isWindows = process.platform === 'win32';
const NO_LINKS = isWindows && 'Windows lets only administrators make links';
const NO_MOVE = isWindows && 'Windows lets nobody move a directory that is watched';

interface Watched {
  readonly directory: string;
  readonly file: string;
  /** Resolves at the next change; changes that nobody waited for are counted. */
  readonly changed: () => Promise<void>;
  readonly count: () => number;
}

/** Watches `config` in a new directory, after `prepare` has put something there. */
async function watched(t: TestContext, prepare: (directory: string) => void, name = 'config'): Promise<Watched> {
  const directory = mkdtempSync(path.join(root, 'case-'));
  prepare(directory);
  const file = path.join(directory, name);
  let count = 0;
  let seen = 0;
  let wake = (): void => undefined;
  const watcher = await watchFiles(
    [file],
    () => {
      count += 1;
      wake();
    },
    (message) => t.diagnostic(message),
  );
  t.after(() => watcher.dispose());
  return {
    directory,
    file,
    count: () => count,
    changed: async () => {
      while (count === seen) await new Promise<void>((resolve) => (wake = resolve));
      seen = count;
    },
  };
}

suite('watching files', { timeout: 60_000 }, () => {
  test('written in place', async (t) => {
    const { file, changed } = await watched(t, (directory) => writeFileSync(path.join(directory, 'config'), 'a'));
    appendFileSync(file, 'b');
    await changed();
    appendFileSync(file, 'c');
    await changed();
  });

  test('replaced by renaming, again and again', async (t) => {
    const { directory, file, changed } = await watched(t, (place) => writeFileSync(path.join(place, 'config'), 'a'));
    for (const text of ['b', 'c', 'd']) {
      writeFileSync(path.join(directory, 'new'), text);
      renameSync(path.join(directory, 'new'), file);
      await changed();
      assert.equal(await readFile(file, 'utf8'), text);
    }
  });

  test('appearing, disappearing and appearing again', async (t) => {
    const { file, changed } = await watched(t, () => undefined);
    writeFileSync(file, 'a');
    await changed();
    unlinkSync(file);
    await changed();
    writeFileSync(file, 'b');
    await changed();
  });

  test('appearing together with the directories it stands in', async (t) => {
    const { file, changed } = await watched(t, () => undefined, 'home/.kube/config');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'a');
    // The directories may be told of before the file.
    for (;;) {
      await changed();
      if ((await readFile(file, 'utf8').catch(() => '')) === 'a') break;
    }
    appendFileSync(file, 'b');
    await changed();
  });

  test('the directory replaced by another', { skip: NO_MOVE }, async (t) => {
    const { directory, file, changed } = await watched(
      t,
      (place) => {
        mkdirSync(path.join(place, 'kube'));
        writeFileSync(path.join(place, 'kube/config'), 'a');
      },
      'kube/config',
    );
    mkdirSync(path.join(directory, 'other'));
    writeFileSync(path.join(directory, 'other/config'), 'b');
    renameSync(path.join(directory, 'kube'), path.join(directory, 'old'));
    renameSync(path.join(directory, 'other'), path.join(directory, 'kube'));
    await changed();
    appendFileSync(file, 'c');
    await changed();
  });

  test('links switched as Kubernetes switches them', { skip: NO_LINKS }, async (t) => {
    const version = (place: string, name: string): void => {
      mkdirSync(path.join(place, name));
      writeFileSync(path.join(place, name, 'config'), name);
    };
    const { directory, file, changed } = await watched(t, (place) => {
      version(place, '..1');
      symlinkSync('..1', path.join(place, '..data'));
      symlinkSync('..data/config', path.join(place, 'config'));
    });
    for (const name of ['..2', '..3']) {
      version(directory, name);
      symlinkSync(name, path.join(directory, '..data_tmp'));
      renameSync(path.join(directory, '..data_tmp'), path.join(directory, '..data'));
      await changed();
      assert.equal(await readFile(file, 'utf8'), name);
    }
  });

  test('the target of a link in another directory', { skip: NO_LINKS }, async (t) => {
    const elsewhere = mkdtempSync(path.join(root, 'elsewhere-'));
    const target = path.join(elsewhere, 'real');
    writeFileSync(target, 'a');
    const { changed } = await watched(t, (place) => symlinkSync(target, path.join(place, 'config')));
    writeFileSync(path.join(elsewhere, 'new'), 'b');
    renameSync(path.join(elsewhere, 'new'), target);
    await changed();
    appendFileSync(target, 'c');
    await changed();
  });

  test('a burst is told once, a neighbour’s changes not at all', async (t) => {
    const { directory, file, changed, count } = await watched(t, (place) =>
      writeFileSync(path.join(place, 'config'), 'a'),
    );
    writeFileSync(path.join(directory, 'neighbour'), 'x');
    for (let index = 0; index < 20; index++) appendFileSync(file, 'b');
    await changed();
    assert.equal(count(), 1);
  });

  test('after dispose nothing is told, and nothing keeps the process', async () => {
    const directory = mkdtempSync(path.join(root, 'case-'));
    const file = path.join(directory, 'config');
    let told = 0;
    const watcher = await watchFiles(
      [file],
      () => (told += 1),
      (message) => assert.fail(message),
    );
    let wake = (): void => undefined;
    const seen = new Promise<void>((resolve) => (wake = resolve));
    const witness = await watchFiles([file], wake, (message) => assert.fail(message));
    watcher.dispose();
    writeFileSync(file, 'a');
    await seen;
    witness.dispose();
    assert.equal(told, 0);
  });

  test('a loop of links is no file, and is survived', { skip: NO_LINKS }, async (t) => {
    const { file, changed } = await watched(t, (place) => symlinkSync('config', path.join(place, 'config')));
    unlinkSync(file);
    writeFileSync(file, 'a');
    await changed();
  });
});
