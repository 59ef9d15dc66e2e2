import { Readable } from 'node:stream';

/** What a program on the host said and how it ended. */
export type ProgramResult = {
  /** Null where a signal ended it. */
  exitCode: number | null;
  /** Its last 50 lines of standard error. */
  complaint: string;
};

export type RunOptions = {
  argv: readonly string[];
  /** Given on standard input. Its end tells the program that nobody waits any more. */
  input: Readable;
  onOutput(text: string): void;
  signal: AbortSignal;
};

export type UploadOptions = {
  /** A directory of the portal's machine. */
  from: string;
  /** A directory of the host; made where it is missing, and then made equal to `from`. */
  to: string;
  /** A directory of the host; files that are the same there become hard links to it. */
  linkTo: string | null;
  /** Names at the top of `to` that are left as they are. */
  spare: readonly string[];
  onOutput(text: string): void;
  signal: AbortSignal;
};

/**
 * The way to a host: programs with argument vectors, and directories. Everything that a deployment does goes
 * through here, so that a server and the portal's own machine are deployed to by the same steps.
 */
export interface HostTransport {
  /** Programs that the host has to have for this transport. */
  readonly tools: readonly 'rsync'[];

  /** Whether a program whose run is aborted goes on where it is, with nobody listening; otherwise it is killed. */
  readonly leavesPrograms: boolean;

  /** @throws StepErroredError with a mend where the host can't be reached. */
  run(options: RunOptions): Promise<ProgramResult>;

  /** Takes up an interrupted upload where it stopped. @throws StepErroredError with a mend. */
  upload(options: UploadOptions): Promise<void>;

  /** Closes what is shared between programs and uploads, once they have ended; what takes too long is cut off. */
  close(): Promise<void>;
}
