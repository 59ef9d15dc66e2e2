import { InputError } from '@backstage/errors';

/** `git@host:owner/name.git`: ssh in git's short form. */
const SCP_LIKE =
  /^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!\/\/)[^:\s][^\s]*$/;

/**
 * Checks that a git URL is plainly one of the allowed protocols, so that nothing in it can be
 * taken for an option, a transport helper or a credential.
 *
 * @throws InputError with what is wrong.
 */
export function checkRepositoryUrl(
  url: string,
  protocols: readonly string[],
): void {
  const protocol = protocolOf(url);
  if (protocol === undefined) {
    throw new InputError(
      'The git URL has to look like https://host/owner/name.git or git@host:owner/name.git.',
    );
  }
  if (!protocols.includes(protocol)) {
    throw new InputError(
      `A git URL of ${protocol} is not allowed here; allowed: ${protocols.join(', ')} (deployments.source.protocols in app-config).`,
    );
  }
  if (protocol !== 'file' && URL.canParse(url)) {
    const { username, password, hostname } = new URL(url);
    if (password !== '' || (username !== '' && protocol !== 'ssh')) {
      throw new InputError(
        'The git URL carries a credential. Take it out; the portal’s administrators set credentials for git.',
      );
    }
    if (hostname.startsWith('-')) {
      throw new InputError('The host of the git URL begins with a hyphen.');
    }
  }
}

function protocolOf(url: string): string | undefined {
  const isPlain = [...url].every(char => char > ' ' && char !== '\x7f');
  if (!isPlain || url.startsWith('-')) {
    return undefined;
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(url)?.[1];
  if (scheme !== undefined) {
    return scheme;
  }
  return !url.includes('::') && SCP_LIKE.test(url) ? 'ssh' : undefined;
}
