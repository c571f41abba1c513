/** Certificates as OpenSSL, behind Node's X509Certificate, reads them. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority } from './certificates.js';

const now = new Date('2026-11-24T06:00:00Z');
const validity = { notBefore: now, notAfter: new Date('2027-11-24T06:00:00Z') };

test('an authority signs itself, for ten years', () => {
  const certificate = new X509Certificate(createAuthority('someone', now).certificate);
  assert.equal(certificate.subject, 'CN=someone');
  assert.ok(certificate.ca);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(new Date(certificate.validTo).getUTCFullYear(), 2036);
});

test('a server certificate names its hosts, of every kind', () => {
  const authority = createAuthority('someone', now);
  const issued = authority.issue(
    { commonName: 'server', organisations: [] },
    { use: 'server', hosts: ['localhost', '127.0.0.1', '::1', 'fd00:10::2'], ...validity },
  );
  const certificate = new X509Certificate(issued.certificate);
  assert.ok(certificate.checkIssued(new X509Certificate(authority.certificate)));
  assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
  assert.equal(certificate.checkHost('localhost'), 'localhost');
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(certificate.checkIP('::1'), '::1');
  assert.equal(certificate.checkIP('fd00:10:0:0:0:0:0:2'), 'fd00:10:0:0:0:0:0:2');
  assert.equal(certificate.checkIP('127.0.0.2'), undefined);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.ok(!certificate.ca);
});

test('a client certificate carries user and groups, whatever their letters', () => {
  const issued = createAuthority('someone', now).issue(
    { commonName: 'jürgen', organisations: ['system:masters', 'team a'] },
    { use: 'client', hosts: [], ...validity },
  );
  const certificate = new X509Certificate(issued.certificate);
  assert.equal(certificate.toLegacyObject().subject.CN, 'jürgen');
  assert.deepEqual(certificate.toLegacyObject().subject.O, ['system:masters', 'team a']);
  assert.equal(new Date(certificate.validFrom).getTime(), now.getTime());
  assert.equal(certificate.subjectAltName, undefined);
});

test('dates from 2050 on are written in their own form', () => {
  const authority = createAuthority('someone', new Date('2045-01-01T00:00:00Z'));
  assert.equal(new Date(new X509Certificate(authority.certificate).validTo).getUTCFullYear(), 2054);
});
