/** One way to bring the sample application to the host; each has its own directory and port there. */
export interface Deployer {
  readonly name: string;
  /** Where the application that it deploys answers. */
  readonly port: number;
  /** Everything a person does once, and the first deployment. */
  prepare(): Promise<void>;
  /** Deploys the newest commit of the repository's main branch. */
  deploy(): Promise<void>;
  /** Returns to the release before the present one. */
  rollback(): Promise<void>;
  /** Ends what `prepare` started on this side. */
  stop(): Promise<void>;
}
