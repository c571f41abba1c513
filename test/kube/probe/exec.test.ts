/** The exec stream against a WebSocket server that speaks the channel protocols, and refuses as API servers do. */
import assert from 'node:assert/strict';
import http, { type IncomingMessage } from 'node:http';
import test, { after, before, beforeEach } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClusterAccess, RequestCredentials } from '../../../src/kube/access.js';
import { exec, type ExecRequest, type ExecResult } from '../../../src/kube/probe/exec.js';

const frame = (channel: number, text: string) => Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
const SUCCESS = frame(3, JSON.stringify({ status: 'Success' }));
const exitCode = (code: number) =>
  frame(
    3,
    JSON.stringify({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    }),
  );
const failure = (message: string) =>
  frame(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message, code: 500 }));

let server: http.Server;
let refusal: { code: number; body: string } | undefined;
let behaviour: (socket: WebSocket, request: IncomingMessage) => void;
let protocols: readonly string[];
let seen: { url: URL; headers: http.IncomingHttpHeaders }[];
const agent = new http.Agent({ keepAlive: true });
let credentials: RequestCredentials;
let access: ClusterAccess;

before(async () => {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((one) => offered.has(one)) ?? false,
  });
  server = http.createServer();
  server.on('upgrade', (request, socket, head) => {
    seen.push({ url: new URL(request.url ?? '', 'http://x'), headers: request.headers });
    if (refusal !== undefined) {
      const { code, body } = refusal;
      socket.end(
        `HTTP/1.1 ${code} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (stream) => behaviour(stream, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  refusal = undefined;
  protocols = ['v5.channel.k8s.io'];
  seen = [];
  credentials = { headers: { authorization: 'Bearer one' }, agent };
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  access = {
    context: 'test',
    server: new URL(`http://127.0.0.1:${address.port}/k8s/clusters/c-1`),
    namespace: 'default',
    insecure: true,
    credentials: () => Promise.resolve(credentials),
    invalidate: () => false,
    dispose: () => undefined,
  };
});

const run = (parts: Partial<ExecRequest> = {}, signal = new AbortController().signal): Promise<ExecResult> =>
  exec(
    access,
    { namespace: 'shop', pod: 'web-1', container: 'web', command: ['true'], limitMs: 5000, ...parts },
    signal,
  );

test('arguments travel one by one, below the path of the server, with the credentials', async () => {
  behaviour = (socket) => {
    socket.send(SUCCESS);
    socket.close();
  };
  const result = await run({ command: ['sh', '-c', 'echo "$1" & echo ;', 'a b&c=d\n'] });
  assert.deepEqual(result, { kind: 'ran', run: { exit: { kind: 'code', code: 0 }, stdout: '', stderr: '' } });
  assert.equal(seen[0]?.url.pathname, '/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-1/exec');
  assert.deepEqual(seen[0]?.url.searchParams.getAll('command'), ['sh', '-c', 'echo "$1" & echo ;', 'a b&c=d\n']);
  assert.equal(seen[0]?.url.searchParams.get('stdin'), null);
  assert.equal(seen[0]?.headers.authorization, 'Bearer one');
});

for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) {
  test(`${protocol}: both outputs, the exit code, and output that arrives after the status`, async () => {
    protocols = [protocol];
    behaviour = (socket) => {
      socket.send(frame(1, 'out '));
      socket.send(frame(2, 'err'));
      socket.send(exitCode(7));
      socket.send(frame(1, 'late'));
      if (protocol.startsWith('v5')) socket.send(Buffer.of(255, 1));
      socket.close();
    };
    assert.deepEqual(await run(), {
      kind: 'ran',
      run: { exit: { kind: 'code', code: 7 }, stdout: 'out late', stderr: 'err' },
    });
  });
}

test('standard input is sent, pieces of output are told as they come, characters cut by frames included', async () => {
  behaviour = (socket) =>
    socket.on('message', (data: Buffer) => {
      assert.equal(data[0], 0);
      const bytes = Buffer.from(`got ${data.toString('utf8', 1)}`);
      socket.send(Buffer.concat([Buffer.of(1), bytes.subarray(0, bytes.length - 1)]));
      socket.send(Buffer.concat([Buffer.of(1), bytes.subarray(bytes.length - 1)]));
      socket.send(SUCCESS);
      socket.close();
    });
  const pieces: string[] = [];
  const result = await run({ stdin: 'ö', onStdout: (text) => pieces.push(text) });
  assert.ok(result.kind === 'ran');
  assert.equal(result.run.stdout, 'got ö');
  assert.equal(pieces.join(''), 'got ö');
  assert.equal(seen[0]?.url.searchParams.get('stdin'), 'true');
});

test('a program that does not end is given up at its limit, with what it printed', async () => {
  behaviour = (socket) => socket.send(frame(1, 'so far'));
  assert.deepEqual(await run({ limitMs: 50 }), {
    kind: 'ran',
    run: { exit: { kind: 'timeLimit', limitMs: 50 }, stdout: 'so far', stderr: '' },
  });
});

test('a flood is stopped at the cap', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  behaviour = (socket) => {
    closed = new Promise((resolve) => socket.on('close', resolve));
    for (let i = 0; i < 100; i++) socket.send(frame(1, 'x'.repeat(1000)));
  };
  const result = await run({ maxBytes: 1500 });
  assert.ok(result.kind === 'ran');
  assert.equal(result.run.exit.kind, 'outputLimit');
  assert.equal(result.run.stdout.length, 1500);
  await closed;
});

test('cancelling closes the stream', async () => {
  const controller = new AbortController();
  let closed: Promise<unknown> = Promise.resolve();
  behaviour = (socket) => {
    closed = new Promise((resolve) => socket.on('close', resolve));
    controller.abort();
  };
  assert.deepEqual(await run({}, controller.signal), { kind: 'failed', outcome: { kind: 'cancelled' } });
  await closed;
  assert.deepEqual(await run({}, controller.signal), { kind: 'failed', outcome: { kind: 'cancelled' } });
});

const KUBELET: readonly (readonly [message: string, kind: string])[] = [
  [
    'Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "5a9e": OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
    'missing',
  ],
  [
    'error executing command in container: exec: "/agnhost": stat /agnhost: no such file or directory: unknown',
    'missing',
  ],
  ['Internal error occurred: container not found ("web")', 'notRunning'],
  ['cannot exec in a stopped state', 'notRunning'],
  ['Internal error occurred: error dialing backend: dial tcp 192.168.1.3:10250: connect: no route to host', 'nodeGone'],
  ['pod does not exist', 'podGone'],
  ['something else', 'nodeGone'],
];
for (const [message, kind] of KUBELET) {
  test(`the kubelet says "${message.slice(-50)}": ${kind}`, async () => {
    behaviour = (socket) => {
      socket.send(failure(message));
      socket.close();
    };
    const result = await run();
    assert.equal(result.kind === 'failed' ? result.outcome.kind : result.kind, kind);
  });
}

const REFUSALS: readonly (readonly [code: number, body: unknown, kind: string])[] = [
  [
    403,
    {
      message:
        'pods "web-1" is forbidden: User "viewer" cannot get resource "pods/exec" in API group "" in the namespace "shop"',
    },
    'notPermitted',
  ],
  [404, { message: 'pods "web-1" not found' }, 'podGone'],
  [400, { message: 'container nope is not valid for pod web-1' }, 'notRunning'],
  [400, { message: 'cannot exec into a container in a completed pod; current phase is Succeeded' }, 'notRunning'],
  [500, { message: 'error dialing backend: dial tcp 192.168.1.3:10250: i/o timeout' }, 'nodeGone'],
  [502, '<html>bad gateway</html>', 'apiGone'],
];
for (const [code, body, kind] of REFUSALS) {
  test(`the server refuses with ${code}: ${kind}, in its words`, async () => {
    refusal = { code, body: typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', ...(body as object) }) };
    const result = await run();
    assert.ok(result.kind === 'failed');
    assert.equal(result.outcome.kind, kind);
    if (result.outcome.kind === 'notPermitted') assert.equal(result.outcome.right, 'get pods/exec in namespace shop');
    if (result.outcome.kind === 'apiGone') assert.match(result.outcome.words, /bad gateway/);
  });
}

test('401 asks for new credentials once', async () => {
  refusal = { code: 401, body: '' };
  behaviour = (socket) => {
    socket.send(SUCCESS);
    socket.close();
  };
  let asked = 0;
  access = {
    ...access,
    invalidate: (rejected) => {
      assert.equal(rejected, credentials);
      asked++;
      refusal = undefined;
      credentials = { headers: { authorization: 'Bearer two' }, agent };
      return true;
    },
  };
  assert.equal((await run()).kind, 'ran');
  assert.equal(asked, 1);
  assert.equal(seen[1]?.headers.authorization, 'Bearer two');
});

test('a stream that breaks off without a status is lost, and nobody there is another thing', async () => {
  behaviour = (socket) => {
    socket.send(frame(1, 'half'));
    socket.terminate();
  };
  assert.equal((await run()).kind, 'lost');
  access = { ...access, server: new URL('http://127.0.0.1:9/') };
  const result = await run();
  assert.ok(result.kind === 'failed' && result.outcome.kind === 'apiGone');
});
