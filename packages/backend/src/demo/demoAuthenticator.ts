import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import { createProxyAuthenticator } from '@backstage/plugin-auth-node';
import { isLoopbackHost } from './assertDemoAllowed';

/** The request header in which the sign-in page names the chosen person. */
const PERSON_HEADER = 'x-slipway-person';

/** Believes the name in {@link PERSON_HEADER}, of requests that were sent to this machine by its loopback name. */
export const demoAuthenticator = createProxyAuthenticator({
  defaultProfileTransform: async () => ({ profile: {} }),
  initialize() {},
  async authenticate({ req }) {
    // A page elsewhere whose name was pointed at this machine sends its own name here.
    if (!isLoopbackHost(req.hostname)) {
      throw new NotAllowedError('The demo sign-in answers on localhost alone');
    }
    const person = req.header(PERSON_HEADER);
    if (!person || !/^[a-z][a-z0-9-]{0,62}$/.test(person)) {
      throw new AuthenticationError('Choose a person to sign in as');
    }
    return { result: { person } };
  },
});
