import { VpsConnection } from '../connection';
import { HostTransport } from '../transport/HostTransport';
import { LocalTransport } from '../transport/LocalTransport';
import { SshTransport } from '../transport/SshTransport';
import { Host } from './Host';

/** The hosts, one for each connection, shared by all that goes there. */
export class Hosts {
  readonly #hosts = new Map<string, Host>();

  open(connection: VpsConnection): Host {
    const key = JSON.stringify(connection);
    const host = this.#hosts.get(key) ?? new Host(createTransport(connection));
    this.#hosts.set(key, host);
    return host;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const hosts = [...this.#hosts.values()];
    this.#hosts.clear();
    await Promise.all(hosts.map(host => host.close()));
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
