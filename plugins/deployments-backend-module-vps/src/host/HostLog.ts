import { LogEvent } from './events';

/** Where lines of a task's log go. */
export type HostLog = {
  stdout(text: string): void;
  stderr(text: string): void;
  info(text: string): void;
};

export const SILENT_LOG: HostLog = {
  stdout() {},
  stderr() {},
  info() {},
};

export function writeLog(log: HostLog, event: LogEvent): void {
  switch (event.stream) {
    case 'stdout':
      return log.stdout(event.text);
    case 'stderr':
      return log.stderr(event.text);
    case 'system':
      return log.info(event.text);
    default:
      return event.stream satisfies never;
  }
}
