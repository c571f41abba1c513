/** One answer of a server, read whole and decompressed. */
import https from 'node:https';
import { Answer } from '../../src/kube/answer.js';
import { gunzip } from '../../src/kube/gunzip.js';

/** Rejects when anything but 200 comes back. */
export async function download(
  agent: https.Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
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
  return new Answer(contentType, encoding === 'gzip' ? await gunzip(raw, Infinity) : [raw], raw.length);
}
