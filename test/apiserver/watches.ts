/**
 * Watches: initial events, changes as they happen, bookmarks, the end by time or by compaction
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). How a fault bends the
 * stream is decided in faults.ts and done here.
 */
import type { ServerResponse } from 'node:http';
import { resetConnection } from './connections.js';
import type { StreamFault } from './faults.js';
import { bookmarkBytes, errorEventBytes, eventBytes, type Format } from './formats.js';
import { isSelected, type Selection } from './lists.js';
import { isTrue } from './requests.js';
import { internalError, revisionTooOld } from './status.js';
import type { Collection, EventType, Store, StoreEvent, StoredObject } from './store.js';

export interface WatchOptions {
  readonly store: Store;
  readonly collection: Collection;
  readonly selection: Selection;
  readonly query: URLSearchParams;
  readonly format: Format;
  readonly now: () => Date;
  readonly bookmarkSeconds: number;
  readonly fault: StreamFault | undefined;
}

/** One open watch. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #response: ServerResponse;
  readonly #bookmarks: boolean;
  readonly #timers: NodeJS.Timeout[] = [];
  /** Bytes that wait for their turn; only faults that cut events into pieces make them wait. */
  readonly #pieces: Buffer[] = [];
  /** Changes up to this revision are not told: the client knows them, or claims to. */
  #from = 0;
  #first = true;
  #sent = 0;
  #silent = false;
  #closed = false;
  readonly #listener = (event: StoreEvent): void => this.#onEvent(event);

  constructor(response: ServerResponse, options: WatchOptions) {
    this.#response = response;
    this.#options = options;
    this.#bookmarks = isTrue(options.query.get('allowWatchBookmarks'));
    response.on('close', () => this.stop());
  }

  start(): void {
    const { collection, query, fault } = this.#options;
    this.#response.flushHeaders();
    if (fault?.kind === 'watch-closed-at-once') {
      fault.bites();
      this.end();
      return;
    }
    if (fault?.kind === 'watch-expired' && fault.afterEvents === 0) {
      fault.bites();
      this.#expire();
      return;
    }
    if (fault?.kind === 'watch-goes-silent' && fault.afterEvents === 0) {
      fault.bites();
      this.#silent = true;
    }
    const asked = query.get('resourceVersion') ?? '';
    const initial = query.get('sendInitialEvents');
    if (initial === 'true' || (initial === null && (asked === '' || asked === '0'))) {
      const state = collection.objects();
      const revision = this.#options.store.revision;
      for (const object of state) if (isSelected(object, this.#options.selection)) this.#send('ADDED', object);
      if (initial === 'true' && this.#bookmarks) this.#bookmark(revision, true);
    } else {
      this.#from = Number(asked === '' ? this.#options.store.revision : asked);
      const missed = collection.eventsAfter(this.#from);
      if (missed === undefined) {
        this.#fail(revisionTooOld(Number(asked), collection.floor + 1));
        return;
      }
      for (const event of missed) this.#onEvent(event);
    }
    if (this.#closed) return;
    collection.listeners.add(this.#listener);
    if (this.#bookmarks) {
      this.#timers.push(
        setInterval(() => this.#bookmark(this.#options.store.revision, false), this.#options.bookmarkSeconds * 1000),
      );
    }
    const seconds = Number(query.get('timeoutSeconds') ?? 0);
    if (seconds > 0) this.#timers.push(setTimeout(() => this.end(), seconds * 1000));
  }

  /** Sends a bookmark now, when the client asked for bookmarks. */
  bookmark(): void {
    if (this.#bookmarks) this.#bookmark(this.#options.store.revision, false);
  }

  /** Ends in good order, after what waits to be sent. */
  end(): void {
    if (this.#closed) return;
    this.stop();
    if (this.#pieces.length === 0) this.#response.end();
  }

  /** Tells nothing more. */
  stop(): void {
    this.#closed = true;
    this.#options.collection.listeners.delete(this.#listener);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #onEvent(event: StoreEvent): void {
    if (event.revision <= this.#from) return;
    const { selection } = this.#options;
    const is = isSelected(event.object, selection);
    if (event.type === 'DELETED') {
      if (is) this.#send('DELETED', event.object);
      return;
    }
    // An object that leaves or enters the selection is deleted or added for this watch.
    const was = event.previous !== undefined && isSelected(event.previous, selection);
    if (is) this.#send(was ? 'MODIFIED' : 'ADDED', event.object);
    else if (was) this.#send('DELETED', event.object);
  }

  #send(type: EventType, object: StoredObject): void {
    if (this.#closed) return;
    const { format, now, fault } = this.#options;
    this.#sent++;
    const bytes = eventBytes(type, object, format, now(), this.#first);
    this.#first = false;
    const due = fault !== undefined && this.#sent > fault.afterEvents;
    if (!due) {
      this.#write(bytes);
      return;
    }
    fault.bites();
    switch (fault.kind) {
      case 'watch-ends-early':
        this.end();
        return;
      case 'watch-reset':
        this.stop();
        this.#response.write(bytes.subarray(0, bytes.length >> 1), () => resetConnection(this.#response.socket));
        return;
      case 'watch-error-event':
        this.#fail(internalError('etcdserver: leader changed'));
        return;
      case 'watch-duplicate-events':
        this.#write(bytes);
        this.#write(bytes);
        return;
      case 'watch-malformed-event':
        this.#write(
          format.form === 'protobuf' ? Buffer.from([0, 0, 0, 3, 0xff, 0xff, 0xff]) : Buffer.from('{"type":\n'),
        );
        this.end();
        return;
      case 'watch-goes-silent':
        this.#silent = true;
        return;
      case 'watch-split-events':
        for (let start = 0; start < bytes.length;) {
          const size = fault.pieceOf(bytes.length);
          this.#write(bytes.subarray(start, start + size));
          start += size;
        }
        return;
      case 'watch-expired':
        this.#expire();
        return;
      case 'watch-closed-at-once':
        return;
    }
  }

  #expire(): void {
    const { collection, query } = this.#options;
    this.#fail(revisionTooOld(Number(query.get('resourceVersion') ?? 0), collection.floor + 1));
  }

  #fail(failure: Parameters<typeof errorEventBytes>[0]): void {
    this.#write(errorEventBytes(failure, this.#options.format));
    this.end();
  }

  #bookmark(revision: number, initialEnd: boolean): void {
    // A client that is ahead, after a new etcd, gets no bookmark either until the server has caught up.
    if (this.#closed || revision < this.#from) return;
    const { collection, format, now } = this.#options;
    this.#write(bookmarkBytes(collection.resource, revision, format, now(), initialEnd));
  }

  #write(bytes: Buffer): void {
    if (this.#silent) return;
    if (this.#options.fault?.kind !== 'watch-split-events') {
      this.#response.write(bytes);
      return;
    }
    this.#pieces.push(bytes);
    if (this.#pieces.length === 1) this.#writeNextPiece();
  }

  /** Pieces go out one a turn of the event loop, so that they arrive apart. */
  #writeNextPiece(): void {
    const [piece] = this.#pieces;
    if (piece === undefined) {
      if (this.#closed) this.#response.end();
      return;
    }
    this.#response.write(piece, () => {
      setImmediate(() => {
        // Only now: while one is there, neither `#write` nor `end` sends anything itself.
        this.#pieces.shift();
        this.#writeNextPiece();
      });
    });
  }
}
