/** One answer of a server, read whole and decompressed. */
import https from 'node:https';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const gunzip = promisify(zlib.gunzip);

export interface Downloaded {
  readonly contentType: string;
  readonly body: Buffer;
  readonly wireBytes: number;
}

/** Rejects when anything but 200 comes back. */
export async function download(
  agent: https.Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Downloaded> {
  const { raw, contentType, encoding } = await new Promise<{ raw: Buffer; contentType: string; encoding: string }>(
    (resolve, reject) => {
      https
        .get(url, { agent, headers: { ...headers, 'accept-encoding': 'gzip' } }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode !== 200) reject(new Error(`${String(response.statusCode)} from ${url}`));
            resolve({
              raw: Buffer.concat(chunks),
              contentType: response.headers['content-type'] ?? '',
              encoding: response.headers['content-encoding'] ?? '',
            });
          });
        })
        .on('error', reject);
    },
  );
  return { contentType, wireBytes: raw.length, body: encoding === 'gzip' ? await gunzip(raw) : raw };
}
