/** The shape that every kind's file has: which documents it is about, and which of their fields hold ranges. */
import type { FieldPath } from '../../network/place.js';
import type { ManifestDocument } from '../documents.js';

/** What the reader of the field does with bits beyond the prefix (`10.2.0.1/16`). */
export type HostBits =
  /** Cuts them off without a word (Go's `net.ParseCIDR`). */
  | 'masked'
  /** Refuses the text. */
  | 'rejected'
  /** Means them: an address with its prefix length. */
  | 'intended';

export interface RangeField {
  readonly path: FieldPath;
  /** `list`: several, separated by commas, as Kubernetes' dual-stack fields are. */
  readonly form: 'one' | 'list';
  readonly family: 4 | 6 | 'any';
  readonly hostBits: HostBits;
  /** What an unreadable value does: a clause that follows "… , so …". */
  readonly consequence: string;
}

export interface ManifestKind {
  /** `flannel's net-conf.json`: what the document is called to people. */
  readonly title: string;
  /** Words without which a document cannot be of this kind; tested before anything is parsed. */
  readonly words: RegExp;
  readonly matches: (document: ManifestDocument) => boolean;
  readonly fields: readonly RangeField[];
  readonly source: string;
  /**
   * Objects that stand beside this one in every installation, without which it cannot be read for what it is: a solution is
   * recognised by its agent, whose manifest may be another file.
   */
  readonly companions?: (document: ManifestDocument) => readonly unknown[];
  /**
   * The API object that says the same in a cluster, where the document is not one itself (a kubeadm configuration becomes
   * the ConfigMap `kubeadm-config`), and the path at which the document's fields stand in it.
   */
  readonly inCluster?: (document: ManifestDocument) => { readonly object: unknown; readonly prefix: FieldPath };
}
