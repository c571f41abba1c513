/** The tools of this machine, called as a probe calls them: found by the discovery script, against a real server. */
import assert from 'node:assert/strict';
import { type ExecFileException, execFile, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import test, { after, before } from 'node:test';
import { parseAddress } from '../../../../src/core/ip/address.js';
import { DISCOVERY_SCRIPT, readDiscovery, recogniseTool } from '../../../../src/core/reach/tools/discovery.js';
import { methodsFor, TOOLS } from '../../../../src/core/reach/tools/index.js';
import type { Channel, FoundTool, ToolReading, ToolRun } from '../../../../src/core/reach/tools/tool.js';

const hasShell = process.platform !== 'win32';
const found = hasShell
  ? readDiscovery(
      execFileSync('/bin/sh', ['-c', DISCOVERY_SCRIPT], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  : [];

const sockets = new Set<Socket>();
function serve(answer: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    answer(socket);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      resolve({ server, port: address.port });
    });
  });
}

let http: { server: Server; port: number };
let silent: { server: Server; port: number };
let closedPort: number;
const udp = createSocket('udp4');
before(async () => {
  http = await serve((socket) =>
    socket.once('data', (request) => {
      const path = request.toString().split(' ')[1] ?? '';
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\nConnection: close\r\n\r\n${path}`);
    }),
  );
  silent = await serve(() => undefined);
  const closed = await serve(() => undefined);
  closedPort = closed.port;
  await new Promise((resolve) => closed.server.close(resolve));
  udp.on('message', (message, from) => udp.send(`seen ${message.toString()}`, from.port, from.address));
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
});
after(() => {
  http.server.close();
  silent.server.close();
  udp.close();
  for (const socket of sockets) socket.destroy();
});

function run(args: readonly string[], limitMs: number): Promise<ToolRun> {
  return new Promise((resolve) => {
    const child = execFile(
      args[0] ?? '',
      args.slice(1),
      { timeout: limitMs, killSignal: 'SIGKILL', env: { ...process.env, http_proxy: 'http://127.0.0.1:1' } },
      (error: ExecFileException | null, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
        resolve({
          exit: error?.killed === true ? { kind: 'timeLimit', limitMs } : { kind: 'code', code },
          stdout,
          stderr,
        });
      },
    );
    child.stdin?.end();
  });
}

async function probe(tool: FoundTool, channel: Channel, port: number, data: string): Promise<ToolReading> {
  const address = parseAddress('127.0.0.1');
  assert.ok(address.ok);
  const target = { address: address.value, port, limitSeconds: 1 };
  const method = tool.tool.method(channel, tool.dialect);
  assert.ok(method);
  return method.read(await run(method.args(tool, target, data), 3500), target);
}

test('the discovery script finds node, which runs this test', { skip: !hasShell && 'no /bin/sh' }, () => {
  assert.ok(found.some((one) => one.tool.id === 'node'));
});

for (const one of found) {
  const name = `${one.program} ${one.dialect}`.trim();
  if (one.tool.method('tcp', one.dialect) !== undefined) {
    test(`${name}: a TCP port that is open, and one that is not`, async () => {
      assert.equal((await probe(one, 'tcp', http.port, '')).outcome.kind, 'answered');
      assert.equal((await probe(one, 'tcp', closedPort, '')).outcome.kind, 'refused');
    });
  }
  if (one.tool.method('http', one.dialect) !== undefined) {
    test(`${name}: HTTP answered, refused, and silent`, async () => {
      const reading = await probe(one, 'http', http.port, '/clientip');
      assert.equal(reading.outcome.kind, 'answered');
      assert.equal(reading.body, '/clientip');
      assert.equal((await probe(one, 'http', closedPort, '/clientip')).outcome.kind, 'refused');
      // busybox' wget has no limit of its own: its stream is closed, and that proves nothing.
      const kind = (await probe(one, 'http', silent.port, '/clientip')).outcome.kind;
      assert.equal(kind, one.dialect === 'busybox' ? 'toolFailed' : 'stalled');
    });
  }
  if (one.tool.method('udp', one.dialect) !== undefined) {
    test(`${name}: a datagram echoed, and one that is not`, async () => {
      const reading = await probe(one, 'udp', udp.address().port, 'clientip');
      assert.equal(reading.outcome.kind, 'answered');
      assert.equal(reading.body, 'seen clientip');
      // A closed UDP port of the own machine answers with an ICMP error.
      assert.equal((await probe(one, 'udp', closedPort, 'clientip')).outcome.kind, 'refused');
    });
  }
}

test('tools are tried in the order of the list, whatever the order they were found in', () => {
  const all = TOOLS.map((tool) => ({ tool, program: tool.id, dialect: tool.id === 'curl' ? 'telnet' : '' }));
  assert.deepEqual(
    methodsFor('tcp', all.reverse()).map((one) => one.found.tool.id),
    ['agnhost', 'python', 'node', 'perl', 'bash', 'nc', 'busybox', 'curl', 'wget'],
  );
  assert.deepEqual(
    methodsFor('http', all).map((one) => one.found.tool.id),
    ['python', 'node', 'perl', 'curl', 'wget'],
  );
});

test('a program that is not what its name says is not used', () => {
  const nc = TOOLS.find((tool) => tool.id === 'nc') ?? assert.fail();
  assert.equal(recogniseTool(nc, 'nc', 'nc: my own nice tool\n'), undefined);
  assert.deepEqual(readDiscovery('\n--- tool nc\nwhat?\n\n--- tool evil\nBusyBox\n'), []);
});
