import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { decideTrigger, identifyCaller } from './Caller';

describe('identifyCaller', () => {
  const ana = mockCredentials.user('user:default/ana');
  const agent: BackstageCredentials = {
    ...ana,
    principal: {
      ...ana.principal,
      actor: { type: 'service', subject: 'plugin:mcp-actions' },
    },
  };

  it.each([
    ['a person', ana, undefined, 'person'],
    ['a person who says so', ana, 'person', 'person'],
    ['a person for whom a program acts', ana, 'automation', 'automation'],
    ['a plugin in the name of a person', agent, undefined, 'automation'],
    ['such a plugin, whatever it says', agent, 'person', 'automation'],
    ['a service', mockCredentials.service(), undefined, 'automation'],
    [
      'a service, whatever it says',
      mockCredentials.service(),
      'person',
      'automation',
    ],
  ] as const)(
    'given %s, then it is told what sets their runs going',
    async (_, credentials, said, trigger) => {
      const caller = await identifyCaller({
        credentials,
        auth: mockServices.auth(),
        userInfo: mockServices.userInfo(),
      });

      expect(decideTrigger(caller, said)).toBe(trigger);
    },
  );
});
