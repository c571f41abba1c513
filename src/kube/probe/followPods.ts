/** Follows pods by a watch until something is true of them, or time is over. */
import type { Api, Scope } from '../api.js';
import type { Codec, Page } from '../inventory/codec.js';
import { PODS } from './resources.js';

export interface Wait<T> {
  /** Whether no more is to be waited for. */
  readonly enough: (pods: readonly T[]) => boolean;
  readonly limitMs: number;
  /** `enough` is asked again after so long without a change, because it may depend on time. */
  readonly graceMs: number;
  readonly onChange: (pods: readonly T[]) => void;
}

const PAGE = 5_000;

/** The pods as they are now. */
export const listPods = async <T>(api: Api, scope: Scope, codec: Codec<T>, signal: AbortSignal): Promise<Page<T>> =>
  codec.page(await api.page(PODS, { ...scope, limit: PAGE }, codec.accept, signal));

/** Answers with the pods as they are when there are enough, or when the limit is reached. Throws when cancelled, and what the API throws. */
export async function followPods<T extends { readonly name: string }>(
  api: Api,
  scope: Scope,
  codec: Codec<T>,
  wait: Wait<T>,
  signal: AbortSignal,
): Promise<T[]> {
  const limit = AbortSignal.timeout(wait.limitMs);
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, limit, enough.signal]);
  const pods = new Map<string, T>();
  const current = (): T[] => [...pods.values()];
  const look = setInterval(() => {
    if (wait.enough(current())) enough.abort();
  }, wait.graceMs);
  try {
    for (;;) {
      const page = await listPods(api, scope, codec, stop);
      pods.clear();
      for (const pod of page.items()) pods.set(pod.name, pod);
      wait.onChange(current());
      if (wait.enough(current())) return current();
      const watch = { ...scope, resourceVersion: page.resourceVersion, timeoutSeconds: 300 };
      const stream = await api.watch(PODS, watch, codec.acceptWatch, wait.limitMs, stop);
      for await (const messages of codec.messages(stream)) {
        for (const message of messages) {
          // Too old a version ends the watch, and the pods are listed again.
          if (message.type === 'error' && message.error.kind !== 'gone') throw message.error;
          if (message.type === 'put') pods.set(message.item.name, message.item);
          if (message.type === 'remove') pods.delete(message.item.name);
        }
        wait.onChange(current());
        if (wait.enough(current())) return current();
      }
    }
  } catch (error) {
    // The limit is no failure: what is there is what can be used.
    if ((limit.aborted || enough.signal.aborted) && !signal.aborted) return current();
    throw error;
  } finally {
    clearInterval(look);
  }
}
