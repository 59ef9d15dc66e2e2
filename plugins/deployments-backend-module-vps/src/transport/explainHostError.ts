import { StepErroredError } from '@slipway/plugin-deployments-node';

type Explanation = {
  pattern: RegExp;
  message: string;
  mend: string;
  /** Whether it may be over in a moment. */
  isPassing?: true;
};

/** The host is not there now, and may be in a moment. */
export class UnreachableError extends StepErroredError {}

/** The connection went away, or never came up, for a reason that OpenSSH does not name. */
export class ConnectionLostError extends UnreachableError {
  constructor(complaint: string) {
    super(
      quote('The connection to the host was lost.', complaint),
      'See that the host is up and the network between is stable, then try again: the run takes up what is already there.',
    );
  }
}

/** What OpenSSH, rsync and the operating system say, told apart by what a person has to do about it. First match wins. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i,
    message: 'The host’s key is not the one that is trusted.',
    mend: 'Find out why it changed before anything else: someone may stand in between. If the host was set up anew, replace its line in knownHostsFile.',
  },
  {
    pattern: /No .* host key is known for|Host key verification failed/i,
    message: 'The host’s key is not known.',
    mend: 'Compare the host’s key with what its administrator tells you (ssh-keyscan HOST shows it), and add it to knownHostsFile.',
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY|bad permissions|Load key .*:/i,
    message: 'The private key cannot be used.',
    mend: 'See that identityFile is a private key without a passphrase, readable by the portal’s user alone (chmod 600).',
  },
  {
    pattern: /Permission denied \((publickey|.*password|.*interactive)/i,
    message: 'The host does not accept the key of the connection.',
    mend: 'Add the public half of identityFile to ~/.ssh/authorized_keys of the connection’s user on the host.',
  },
  {
    pattern: /Could not resolve hostname|Name or service not known/i,
    message: 'The host’s name is not known.',
    mend: 'See that the host of the connection is written right and has an address.',
  },
  {
    pattern: /Connection refused|No route to host|Network is unreachable/i,
    message: 'The host does not take connections.',
    mend: 'See that the host is up, that sshd runs on the port of the connection, and that a firewall lets the portal through.',
    isPassing: true,
  },
  {
    pattern: /No space left on device|ENOSPC|Disk quota exceeded/i,
    message: 'There is no space left on the host.',
    mend: 'Free disk space on the host, or keep fewer releases (keepReleases), then try again.',
  },
  {
    pattern: /Permission denied|EACCES|EPERM|Read-only file system/,
    message: 'The user of the connection may not write on the host.',
    mend: 'Give the user of the connection the directory: chown it to them on the host.',
  },
  {
    pattern: /rsync: (command )?not found|rsync: No such file/i,
    message: 'The host has no rsync.',
    mend: 'Install rsync on the host: apt-get install rsync',
  },
];

/** The error that a program's complaint stands for, or undefined where it says nothing that we know. */
export function explainHostError(
  complaint: string,
): StepErroredError | undefined {
  const found = EXPLANATIONS.find(({ pattern }) => pattern.test(complaint));
  if (!found) {
    return undefined;
  }
  const message = quote(found.message, complaint);
  return found.isPassing
    ? new UnreachableError(message, found.mend)
    : new StepErroredError(message, found.mend);
}

/** Adds the last line of what was complained, which names the file or the address. */
function quote(message: string, complaint: string): string {
  const line = complaint.trim().split('\n').at(-1)?.trim();
  return line ? `${message} (${line})` : message;
}
