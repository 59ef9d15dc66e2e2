import { VpsConnection } from '../connection';
import { HostTransport } from './HostTransport';
import { LocalTransport } from './LocalTransport';
import { SshTransport } from './SshTransport';

/** The ways to the hosts, one for each connection, shared by all that goes there. */
export class Hosts {
  readonly #transports = new Map<string, HostTransport>();

  open(connection: VpsConnection): HostTransport {
    const key = JSON.stringify(connection);
    const transport = this.#transports.get(key) ?? createTransport(connection);
    this.#transports.set(key, transport);
    return transport;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(
      transports.map(async transport => {
        if (transport instanceof SshTransport) {
          await transport.close();
        }
      }),
    );
  }
}

function createTransport(connection: VpsConnection): HostTransport {
  switch (connection.transport) {
    case 'ssh':
      return new SshTransport(connection);
    case 'local':
      return new LocalTransport(connection);
    default:
      return connection satisfies never;
  }
}
