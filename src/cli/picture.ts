/** What a report is made of: where the objects come from, and the picture that the model makes of them. */
import type { CheckSettings } from '../core/checks/index.js';
import { readNetwork } from '../core/cni/index.js';
import { factsFromObjects } from '../core/network/fromObjects.js';
import { Model, type Picture } from '../kube/model.js';
import { readObjects } from './objects.js';

export type Source =
  | { readonly kind: 'objects'; readonly files: readonly string[] }
  | {
      readonly kind: 'cluster';
      readonly context: string;
      readonly server: string;
      readonly version: string;
      /** The connection is not protected: plain HTTP, or the server's certificate is not verified. */
      readonly insecure: boolean;
    };

export interface Reported {
  readonly source: Source;
  /** The cluster, or the file, says of itself that no machine runs it. */
  readonly simulated: boolean;
  /** RFC 3339: when the objects were so. */
  readonly readAt: string;
  readonly picture: Picture;
}

/** Whether a Kubernetes version is that of the simulated API server. */
export const isSimulatedVersion = (version: string): boolean => version.includes('+simulated');

/** Reads files of objects, as `kubectl get … -o json` writes them. Throws an error in words for people. */
export async function reportedOfFiles(
  files: readonly string[],
  settings: CheckSettings,
  signal: AbortSignal,
): Promise<Reported> {
  const read = await Promise.all(files.map((file) => readObjects(file, signal)));
  // The files together are one moment, the last of theirs: ages of nodes and conditions are counted from it.
  const readAt = read.map(({ writtenAt }) => writtenAt).reduce((a, b) => (a > b ? a : b), '');
  const facts = factsFromObjects(
    read.flatMap(({ values }) => values),
    readAt,
  );
  if (facts.nodes.length + facts.pods.size + facts.services.length + facts.custom.size === 0)
    throw new Error(`${files.join(', ')}: no nodes, pods or services among these objects.`);
  const model = new Model();
  model.update(readNetwork(facts), {}, new Set(), settings);
  return {
    source: { kind: 'objects', files },
    simulated: facts.nodes.some((node) => isSimulatedVersion(node.kubeletVersion)),
    readAt,
    picture: model.picture,
  };
}
