/**
 * The PM2 file of the sample application, the same for every deployer that leaves it to its user: two cluster
 * processes that say when they are ready and have time to drain.
 */
export function createEcosystem(options: {
  name: string;
  cwd: string;
  port: number;
}): object {
  const { name, cwd, port } = options;
  return {
    apps: [
      {
        name,
        cwd,
        script: 'server.js',
        instances: 2,
        exec_mode: 'cluster',
        wait_ready: true,
        listen_timeout: 10_000,
        kill_timeout: 5_000,
        env: { NODE_ENV: 'production', PORT: String(port) },
      },
    ],
  };
}
