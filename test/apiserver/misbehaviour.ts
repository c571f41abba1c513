/** How faults look on the wire: answers that are none, and bodies that do not arrive as they should. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { bodyHeaders, send, sendFailure, type Body } from './bodies.js';
import { resetConnection } from './connections.js';
import type { AnswerFault, BodyFault } from './faults.js';
import { internalError, unauthorized, unknownResource, type Failure } from './status.js';

/** A list that trickles takes half a second. */
const TRICKLE_PIECES = 20;
const TRICKLE_PAUSE_MS = 25;

const html = (words: string): Body => ({ bytes: Buffer.from(`<html><body>${words}</body></html>`), type: 'text/html' });

/** Answers a request wrongly, or not at all. `forbidden` is what the caller would be told. */
export function playAnswerFault(
  kind: AnswerFault,
  request: IncomingMessage,
  response: ServerResponse,
  forbidden: Failure,
): void {
  const fail = (failure: Failure): void => sendFailure(request, response, failure);
  switch (kind) {
    case 'too-many-requests': {
      fail({
        code: 429,
        reason: 'TooManyRequests',
        message: 'The server has received too many requests and has asked us to try again later',
        details: { retryAfterSeconds: 1 },
      });
      return;
    }
    case 'internal-error': {
      fail(internalError('etcdserver: request timed out'));
      return;
    }
    case 'bad-gateway': {
      send(response, 502, html('<h1>502 Bad Gateway</h1>'));
      return;
    }
    case 'unavailable': {
      fail({ code: 503, reason: 'ServiceUnavailable', message: 'apiserver not ready' });
      return;
    }
    case 'gateway-timeout': {
      fail({
        code: 504,
        reason: 'Timeout',
        message: 'Timeout: request did not complete within the allotted timeout',
      });
      return;
    }
    case 'unauthorized': {
      fail(unauthorized);
      return;
    }
    case 'forbidden': {
      fail(forbidden);
      return;
    }
    case 'kind-vanishes': {
      fail(unknownResource);
      return;
    }
    case 'wrong-content-type': {
      send(response, 200, html('Please log in to the network'));
      return;
    }
    case 'connection-reset':
      resetConnection(request.socket);
      return;
    case 'half-open':
      // The connection stays open and says nothing; it ends with the client's patience, or with the server.
      return;
  }
}

export function playBodyFault(kind: BodyFault, request: IncomingMessage, response: ServerResponse, body: Body): void {
  const half = body.bytes.subarray(0, body.bytes.length >> 1);
  const headers = bodyHeaders(body);
  const announced = { ...headers, 'Content-Length': String(body.bytes.length) };
  switch (kind) {
    case 'reset-mid-body':
      response.writeHead(200, announced);
      response.write(half, () => resetConnection(request.socket));
      return;
    case 'stall-mid-body':
      response.writeHead(200, announced);
      response.write(half);
      return;
    case 'truncated-body':
      // Ends in good order, only too soon.
      response.writeHead(200, headers);
      response.end(half);
      return;
    case 'truncated-gzip': {
      const bytes = body.gzipped === true ? body.bytes : gzipSync(body.bytes);
      response.writeHead(200, bodyHeaders({ ...body, gzipped: true }));
      response.end(bytes.subarray(0, bytes.length >> 1));
      return;
    }
    case 'trickle':
      response.writeHead(200, announced);
      trickle(response, body.bytes);
      return;
  }
}

function trickle(response: ServerResponse, bytes: Buffer): void {
  const size = Math.ceil(bytes.length / TRICKLE_PIECES);
  let start = 0;
  const timer = setInterval(() => {
    const end = start + size;
    if (end < bytes.length) {
      response.write(bytes.subarray(start, end));
    } else {
      clearInterval(timer);
      response.end(bytes.subarray(start));
    }
    start = end;
  }, TRICKLE_PAUSE_MS);
  response.once('close', () => clearInterval(timer));
}
