export { Hosts } from './Hosts';
export { SILENT_LOG } from './HostLog';
export type { HostLog } from './HostLog';
