// @ts-check

/** Why a task ends badly: `failed` where the release is bad, `errored` where it could not be carried out. */
class Failure extends Error {
  /**
   * @param {'failed' | 'errored'} kind
   * @param {string} message
   * @param {string} [mend] what a person does about it
   */
  constructor(kind, message, mend) {
    super(message);
    this.kind = kind;
    this.mend = mend;
  }
}

/**
 * Says in words what the operating system says in codes.
 *
 * @param {any} error
 */
function explainSystemError(error) {
  const where = error?.path ? ` (${error.path})` : '';
  switch (error?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        'errored',
        `There is no space left on the host${where}.`,
        'Free disk space on the host, or keep fewer releases (keepReleases), then try again.',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        'errored',
        `The user ${describeUser()} may not write on the host${where}.`,
        'Give the user of the connection the directory: chown it to them on the host.',
      );
    default:
      return new Failure(
        'errored',
        String(error?.stack ?? error?.message ?? error),
      );
  }
}

function describeUser() {
  const { username } = require('node:os').userInfo();
  return username;
}

module.exports = { Failure, explainSystemError };
