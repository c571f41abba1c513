/**
 * Certificates for the simulated API server, made at start from nothing but node:crypto: an authority of its own, a server
 * certificate for the loopback addresses, and client certificates whose common name is the user and whose organisations
 * are the groups, as Kubernetes reads them
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
 *
 * X.509 (RFC 5280) is written as DER by hand: Node can read certificates but cannot make them.
 */
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

export interface Identity {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority extends Identity {
  issue(subject: Subject, options: IssueOptions): Identity;
}

export interface Subject {
  readonly commonName: string;
  readonly organisations: readonly string[];
}

export interface IssueOptions {
  readonly use: 'server' | 'client';
  /** Host names and IP addresses that a server certificate is for. */
  readonly hosts: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const DAY_MS = 24 * 3600 * 1000;
const OID = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAlternativeName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** A new authority, valid from a day before `now` for ten years. */
export function createAuthority(commonName: string, now: Date): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject: Subject = { commonName, organisations: [] };
  const keyId = keyIdentifier(publicKey);
  const own = certificate({
    subject,
    issuer: subject,
    publicKey,
    signingKey: privateKey,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + 3650 * DAY_MS),
    extensions: [
      extension(OID.basicConstraints, true, sequence(boolean(true))),
      extension(OID.keyUsage, true, bits(0b1000_0110)), // digitalSignature, keyCertSign, cRLSign
      extension(OID.subjectKeyIdentifier, false, octets(keyId)),
    ],
  });
  return {
    certificate: own,
    key: pemKey(privateKey),
    issue(of, { use, hosts, notBefore, notAfter }) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [
        extension(OID.basicConstraints, true, sequence()),
        extension(OID.keyUsage, true, bits(0b1000_0000)), // digitalSignature
        extension(OID.extendedKeyUsage, false, sequence(oid(use === 'server' ? OID.serverAuth : OID.clientAuth))),
        extension(OID.authorityKeyIdentifier, false, sequence(tagged(0x80, keyId))),
      ];
      if (hosts.length > 0) {
        extensions.push(extension(OID.subjectAlternativeName, false, sequence(...hosts.map(generalName))));
      }
      return {
        certificate: certificate({
          subject: of,
          issuer: subject,
          publicKey: pair.publicKey,
          signingKey: privateKey,
          notBefore,
          notAfter,
          extensions,
        }),
        key: pemKey(pair.privateKey),
      };
    },
  };
}

interface Content {
  readonly subject: Subject;
  readonly issuer: Subject;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

function certificate(content: Content): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive, and of full length
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))), // version 3
    tagged(0x02, serial),
    algorithm,
    name(content.issuer),
    sequence(time(content.notBefore), time(content.notAfter)),
    name(content.subject),
    createPublicKey(content.publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...content.extensions)),
  );
  const signature = sign('sha256', toBeSigned, content.signingKey);
  const der = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length, ...length), body]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function octets(body: Buffer): Buffer {
  return tagged(0x04, body);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0));
}

/** A BIT STRING of one byte, without its trailing zero bits, as DER wants named bits. */
function bits(byte: number): Buffer {
  let unused = 0;
  while (unused < 7 && ((byte >> unused) & 1) === 0) unused++;
  return tagged(0x03, Buffer.of(unused, byte));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let more = arc >>> 7; more > 0; more >>>= 7) groups.unshift((more & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function name(subject: Subject): Buffer {
  const attribute = (type: string, value: string): Buffer =>
    tagged(0x31, sequence(oid(type), tagged(0x0c, Buffer.from(value, 'utf8'))));
  return sequence(
    ...subject.organisations.map((organisation) => attribute(OID.organisation, organisation)),
    attribute(OID.commonName, subject.commonName),
  );
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
function time(date: Date): Buffer {
  const text = date
    .toISOString()
    .replace(/[-:T]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function generalName(host: string): Buffer {
  if (isIPv4(host)) return tagged(0x87, Buffer.from(host.split('.').map(Number)));
  if (isIPv6(host)) return tagged(0x87, ipv6Bytes(host));
  return tagged(0x82, Buffer.from(host, 'ascii'));
}

/** The 16 bytes of an IPv6 address in text without an embedded IPv4 address or zone. */
function ipv6Bytes(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  const bytes = Buffer.alloc(16);
  [...before, ...zeros, ...after].forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
  return bytes;
}
