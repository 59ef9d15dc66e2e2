export interface Config {
  deployments?: {
    connections?: Array<{
      /** A server over SSH, for connections of the kind `vps`. */
      ssh?: {
        /** Host name or address. */
        host: string;
        /** 22 unless told. */
        port?: number;
        /** Not root: a user of its own, which owns the directories. */
        user: string;
        /** Path of the private key on the portal's machine. */
        identityFile: string;
        /** Path of the file with the host keys that are trusted. */
        knownHostsFile: string;
        /** Environments may lie in these directories of the host and below. */
        directories: string[];
        /** Directories in which node, npm and pm2 are looked for first. */
        path?: string[];
        /** PM2_HOME on the host; that of the user unless told. */
        pm2Home?: string;
      };

      /** The portal's own machine, for connections of the kind `vps`: for demonstrations and development. */
      local?: {
        /** Environments may lie in these directories and below. */
        directories: string[];
        /** Directories in which node, npm and pm2 are looked for first. */
        path?: string[];
        /** PM2_HOME; that of the portal's user unless told. */
        pm2Home?: string;
      };
    }>;
  };
}
