/** Decompression: of any size, and nothing that is cut off, longer than allowed or something else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { gunzip } from '../../src/kube/gunzip.js';

test('what was compressed comes back, in pieces of at most a megabyte', async () => {
  for (const length of [0, 1, 16_384, 1_048_576, 5_000_001]) {
    const body = Buffer.alloc(length, 'ten bytes.');
    const pieces = await gunzip(gzipSync(body), length);
    assert.ok(Buffer.concat(pieces).equals(body), String(length));
    assert.ok(pieces.every((piece) => piece.length <= 1_048_576));
  }
});

test('what is longer than allowed, cut off or no gzip is refused', async () => {
  const body = gzipSync(Buffer.alloc(3_000_000));
  await assert.rejects(gunzip(body, 2_999_999), RangeError);
  await assert.rejects(gunzip(body.subarray(0, body.length - 1), Infinity), /unexpected end of file/);
  await assert.rejects(gunzip(Buffer.from('plain text'), Infinity), /incorrect header check/);
});
