/** This machine's networks: its routes as the system has them, told once they are read. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { Workstation } from '../../src/kube/workstation.js';

const READABLE = process.platform === 'linux' ? existsSync('/proc/net/route') : process.platform === 'darwin';

test(
  'routes are read of this machine and told when they are there',
  { skip: READABLE ? false : 'this system shows no routes here' },
  async () => {
    const log: string[] = [];
    const end = new AbortController();
    const asked = await new Promise<Workstation>((resolve, reject) => {
      const workstation: Workstation = new Workstation({
        signal: end.signal,
        log: (_level, text) => {
          log.push(text);
          reject(new Error(log.join('\n')));
        },
        onChange: () => resolve(workstation),
      });
      const first = workstation.networks;
      assert.ok(first.every(({ gateway }) => gateway === undefined));
    });
    const routes = asked.networks.filter(({ gateway }) => gateway !== undefined);
    assert.ok(routes.length > 0);
    for (const { name, cidr } of routes) assert.ok(name !== '' && cidr.includes('/'), `${name} ${cidr}`);
    end.abort();
  },
);

test('nothing is told after the end', async () => {
  const end = new AbortController();
  end.abort(new Error('over'));
  const said: string[] = [];
  const workstation = new Workstation({
    signal: end.signal,
    log: (_level, text) => said.push(text),
    onChange: () => said.push('changed'),
  });
  assert.ok(Array.isArray(workstation.networks));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(said, []);
});
