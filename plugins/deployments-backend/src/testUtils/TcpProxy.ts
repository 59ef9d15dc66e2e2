import { once } from 'node:events';
import { connect, createServer, Server, Socket } from 'node:net';

/** A way to a server that can be cut, silenced and mended. */
export class TcpProxy {
  readonly #target: { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(target: { host: string; port: number }) {
    this.#target = target;
  }

  get port(): number {
    return this.#port;
  }

  /** Opens the way, at the same port each time. */
  async open(): Promise<void> {
    const server = createServer(client => this.#forward(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) {
      this.#port = address.port;
    }
  }

  /** Breaks what goes over the way, and lets nobody onto it: to its clients, the server is gone. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    if (server) {
      server.close();
      await once(server, 'close');
    }
  }

  /** Lets nothing more through, and tells nobody, until the way is cut. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
    this.#server?.removeAllListeners('connection');
    this.#server?.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.pause();
    });
  }

  #forward(client: Socket): void {
    const upstream = connect(this.#target);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
