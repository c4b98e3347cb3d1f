import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** The sockets that undici has asked for and that are not closed yet, those still connecting included. */
export interface OpenSockets {
  /** A connector that remembers what `connect` makes. */
  remembering(connect: buildConnector.connector): buildConnector.connector;
  destroy(): void;
}

/**
 * undici's own `destroy` leaves a socket alone that is still connecting, or in its handshake, and with it the process,
 * until the connect timeout. A tunnel's handshake ends with the socket to the proxy below it.
 */
export function createOpenSockets(): OpenSockets {
  const open = new Set<Socket>();
  return {
    remembering: (connect) => (options, callback) => {
      // It returns the socket, which its type does not say.
      const socket = connect(options, callback) as unknown as Socket;
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    },
    destroy() {
      // With an error, so that undici hears of it and lets its timer go.
      for (const socket of open) socket.destroy(new Error('closed'));
    },
  };
}
