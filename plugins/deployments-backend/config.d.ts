import { HumanDuration } from '@backstage/types';

export interface Config {
  deployments?: {
    /**
     * Where git mirrors, build workspaces and archives lie; a directory of the system's temporary
     * one unless told. Several replicas have to share it.
     */
    workDirectory?: string;

    source?: {
      /** Protocols that a service's git URL may have; `https` and `ssh` unless told. */
      protocols?: Array<'https' | 'ssh' | 'http' | 'git' | 'file'>;
      /**
       * The repositories that manifests may name: git URLs, those ending with `/*` for all below, or `*` for all. Unless
       * told, a manifest can name the repository that it lies in, and no other.
       */
      allow?: string[];
    };

    observation?: {
      /** How often every environment is asked what it runs; 30 seconds unless told. */
      interval?: HumanDuration | string;
    };

    engine?: {
      /**
       * The PostgreSQL schema in which the queue of runs is kept, `deployments_engine` unless told. It is made where the
       * portal's role may make schemas; otherwise an administrator makes it, owned by that role. Not used on SQLite.
       */
      schema?: string;
    };

    /** Accounts and hosts that manifests name; what else an entry holds is up to its kind. */
    connections?: Array<{
      name: string;
      /** The kind of target that drives it, `vps` say. */
      kind: string;
      /** Owners of components that may use it, as entity references, or `*`. */
      allow: string[];
    }>;

    /** Secrets that manifests name and applications get as environment variables. */
    secrets?: Array<{
      name: string;
      /** @visibility secret */
      value: string;
      /** Owners of components that may have it, as entity references, or `*`. */
      allow: string[];
    }>;

    /** Protection that no manifest can weaken. */
    minimumProtection?: Array<{
      /** Names of the environments that it holds for; a manifest chooses these names. */
      environments?: string[];
      /** Names of the connections whose environments it holds for, whatever a manifest calls them. */
      connections?: string[];
      approvals?: number;
      /** Groups whose members may approve; with a quorum, groups of which so many have to. */
      approvers?: Array<string | { group: string; quorum: number }>;
      /** Whether a manifest may let people approve what they asked for themselves. */
      selfApproval?: boolean;
      /** How long a run waits for people at most, and an approval counts: `3d`. */
      approvalExpiry?: string;
      /** When nothing may change, as in a manifest. */
      freezes?: Array<{
        name: string;
        reason: string;
        rrule?: string;
        cron?: string;
        timeZone?: string;
        duration: string;
      }>;
      /** How long a release has to have served well in the environment before, at least: `24h`. */
      soak?: string;
      /** Checks that are required, as in a manifest. */
      checks?: Array<{
        name: string;
        kind: string;
        parameters?: object;
      }>;
      /** Items of the checklist, as in a manifest. */
      checklist?: Array<string | { id: string; title: string }>;
      /** Whether all of this but approvals holds a rollback, too. */
      holdsRollback?: boolean;
    }>;

    gates?: {
      /** How often gates are looked at that neither people nor the calendar open: checks, soak; every minute unless told. */
      interval?: HumanDuration | string;
    };
  };
}
