/** The list of kinds of documents that are looked at. */
import { flannelConfig } from './flannelConfig.js';
import type { ManifestKind } from './kind.js';
import { kubeadmConfigMap, kubeadmConfiguration } from './kubeadmConfiguration.js';

export const KINDS: readonly ManifestKind[] = [flannelConfig, kubeadmConfiguration, kubeadmConfigMap];

/** A text without any of these words holds nothing for us. */
export const WORDS = new RegExp(KINDS.map((kind) => kind.words.source).join('|'));
