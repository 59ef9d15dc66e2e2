/** The host that everything is deployed to: an sshd on loopback. */
export type SshHost = {
  port: number;
  user: string;
  identityFile: string;
  knownHostsFile: string;
  /** A directory of the user's in which each deployer makes its own. */
  directory: string;
  /** Directories with node and PM2, and PM2's own. */
  path: string[];
  pm2Home: string;
  /** Environment in which the peers' own tools find `ssh` set up for this host, `git` and PM2. */
  clientEnvironment: NodeJS.ProcessEnv;
};

/** What every deployer is told. */
export type DeployerOptions = {
  host: SshHost;
  /** Path of the sample application's repository. */
  repository: string;
  /** Its own directory on this side. */
  workDirectory: string;
};

/** What the peers are told besides: where their npm packages are installed. */
export type PeerOptions = DeployerOptions & { peers: string };
