/**
 * The open connections of the server, to be broken off. A TLS socket cannot be reset, only the TCP socket under it; Node
 * does not tell which that is, so the two are matched by the client's port.
 */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';

const underlying = new WeakMap<Socket, Socket>();
const overlying = new WeakMap<Socket, Socket>();

/** Ends a connection with a TCP reset, as a crashed or overloaded machine in between does. */
export function resetConnection(socket: Socket | null): void {
  if (socket === null) return;
  const raw = underlying.get(socket) ?? socket;
  // While it is being shut down a connection cannot be reset; Node would lose its handle then, and never end.
  if (raw.writableEnded || overlying.get(raw)?.writableEnded === true) raw.destroy();
  else raw.resetAndDestroy();
}

export class Connections {
  readonly #open = new Set<Socket>();
  #bytesOfClosed = 0;

  constructor(server: Server) {
    const byPort = new Map<number, Socket>();
    server.on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      this.#open.add(socket);
      if (remotePort !== undefined) byPort.set(remotePort, socket);
      socket.on('close', () => {
        this.#open.delete(socket);
        this.#bytesOfClosed += socket.bytesWritten;
        if (remotePort !== undefined && byPort.get(remotePort) === socket) byPort.delete(remotePort);
      });
      // Clients break off; that is no news.
      socket.on('error', () => undefined);
    });
    server.on('secureConnection', (socket: Socket) => {
      const raw = byPort.get(socket.remotePort ?? -1);
      if (raw !== undefined) {
        underlying.set(socket, raw);
        overlying.set(raw, socket);
      }
      socket.on('error', () => undefined);
    });
  }

  /** Bytes sent so far, TLS included. */
  get bytesSent(): number {
    let bytes = this.#bytesOfClosed;
    for (const socket of this.#open) bytes += socket.bytesWritten;
    return bytes;
  }

  resetAll(): void {
    for (const socket of this.#open) resetConnection(socket);
  }
}
