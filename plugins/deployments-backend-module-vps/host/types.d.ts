/** What every task is given beside its input. */
export type TaskContext = {
  /** Aborted when whoever asked is gone. */
  signal: AbortSignal;
  log(stream: 'stdout' | 'stderr' | 'system', text: string): void;
  /** Variables that tell programs which run they are started for. An application is not: it outlives the run. */
  marks: Record<string, string>;
};

/** The place on the host that one environment has. */
export type Site = {
  /** Absolute: holds `releases/`, `current`, `shared/` and `.slipway/`. */
  base: string;
  processName: string;
  /** Where PM2 keeps its state; the user's own unless told. */
  pm2Home: string | null;
  port: number;
  /** Relative to a release. */
  script: string;
  instances: number;
  waitReady: boolean;
  /** How long a process may go on after SIGINT, milliseconds. */
  stopTimeoutMs: number;
  health: {
    path: string;
    releaseField: string | null;
    /** Milliseconds. */
    timeout: number;
  };
};

/** What a release is started and looked at with, beside its site. */
export type Configuration = {
  /** The application's variables, less its `PORT`. */
  env: Record<string, string>;
  smoke: Array<{
    name: string;
    path: string;
    status: number;
    contains?: string;
  }>;
};

/** What a release last served with in good health: its `.slipway/served.json`. */
export type Served = Configuration & {
  site: Omit<Site, 'base' | 'processName' | 'pm2Home'>;
  /** As they were then. */
  processes: Array<Pick<Pm2Process, 'id' | 'createdAt' | 'restarts'>>;
};

/** What says which release a directory holds: its `.slipway/release.json`, written when the directory is complete. */
export type ReleaseRecord = {
  id: string;
  version: string;
  commitId: string;
  digest: string;
  /** ISO 8601; when it was last seen serving in good health, or null. */
  verifiedAt: string | null;
};

export type KeptRelease = ReleaseRecord & {
  /** Name of its directory below `releases/`. */
  directory: string;
};

/** That a command of the manifest began, and how it ended: `.slipway/commands/KEY`. */
export type CommandRecord = {
  state: 'begun' | 'succeeded' | 'failed';
  /** Name of the release's directory in which it runs. */
  directory: string;
  /** When it is over in any case, milliseconds since 1970. */
  until: number;
  /** Of the process that writes down how it ends. */
  watcher: number;
  /** Its process group, once it was started. */
  group: number | null;
};

export type Pm2Process = {
  /** PM2's own; text while it is outgoing in a reload. */
  id: number | string;
  name: string;
  pid: number;
  /** Outgoing in a reload that is still going on. */
  outgoing: boolean;
  status: string;
  release: string | null;
  cwd: string | null;
  /** What it was given as `PORT`. */
  port: number | null;
  /** Reloads count as well. */
  restarts: number;
  cpuPercent: number | null;
  memoryBytes: number | null;
  /** When it was last reloaded or started by hand, milliseconds since 1970; one that died and was started anew keeps it. */
  createdAt: number | null;
  startedAt: number | null;
  logs: string[];
};

export type HealthAnswer = {
  ok: boolean;
  /** Whether it answered at all, and to the end. */
  isWhole: boolean;
  /** What the application says it serves, where it was asked to say and did. */
  release: string | null;
  /** Why it is not in good health, for people. */
  reason: string | null;
};
