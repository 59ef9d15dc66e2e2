/** The host that everything is deployed to: an sshd on loopback. */
export type SshHost = {
  port: number;
  user: string;
  identityFile: string;
  knownHostsFile: string;
  /** A directory of the user's in which each deployer makes its own. */
  directory: string;
  /** Environment in which the peers' own tools find `ssh` set up for this host, `git` and PM2. */
  clientEnvironment: NodeJS.ProcessEnv;
};
