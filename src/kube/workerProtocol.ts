/** Messages between a session and its worker thread. Everything is data; a request's answer carries the request's number. */
import type { KubeErrorKind } from './errors.js';
import type { SelectedContext } from './kubeconfig/selectContext.js';
import type {
  ConnectionState,
  CredentialCommand,
  LogLine,
  SessionChange,
  SessionOptions,
  SessionRequests,
} from './session.js';

export interface RequestOf<K extends keyof SessionRequests> {
  readonly type: 'request';
  readonly id: number;
  readonly kind: K;
  readonly params: SessionRequests[K]['params'];
}

export type ToWorker =
  /** The first message, and the only one of its kind. */
  | { readonly type: 'connect'; readonly selected: SelectedContext; readonly options: SessionOptions }
  | { [K in keyof SessionRequests]: RequestOf<K> }[keyof SessionRequests]
  | { readonly type: 'cancel'; readonly id: number }
  /** The answer to `mayRun`. */
  | { readonly type: 'consent'; readonly id: number; readonly allowed: boolean }
  | { readonly type: 'retry' }
  | { readonly type: 'visible'; readonly visible: boolean }
  | { readonly type: 'end' };

export interface ErrorData {
  readonly kind: KubeErrorKind;
  readonly message: string;
  readonly httpCode: number | undefined;
  readonly reason: string;
}

/** In the order in which they were posted, through the port that is the worker's data (`pacedPort.ts`). */
export type FromWorker =
  | { readonly type: 'state'; readonly state: ConnectionState }
  | { readonly type: 'change'; readonly change: SessionChange }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'result'; readonly id: number; readonly result: SessionRequests[keyof SessionRequests]['result'] }
  /** Something to tell of a request that goes on: a `ProgressOf` its kind. */
  | { readonly type: 'progress'; readonly id: number; readonly progress: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'mayRun'; readonly id: number; readonly command: CredentialCommand }
  /** Nobody waits for the answer any more: the question can be taken back. */
  | { readonly type: 'mayRunOver'; readonly id: number };
