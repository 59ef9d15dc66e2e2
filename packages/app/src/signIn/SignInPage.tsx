import { ProxiedSignInPage } from '@backstage/core-components';
import {
  configApiRef,
  IdentityApi,
  SignInPageProps,
  useApi,
} from '@backstage/core-plugin-api';
import { Alert } from '@backstage/ui';
import { useState } from 'react';
import { chosenPerson } from './chosenPerson';
import { readDemoPeople } from './demoPeople';
import { PersonChooser } from './PersonChooser';
import { SignInFailed } from './SignInFailed';

/** Lets one choose a person with one click; the choice lasts as long as the browser tab. */
export const SignInPage = ({ onSignInSuccess }: SignInPageProps) => {
  const people = readDemoPeople(useApi(configApiRef));
  const [chosen, setChosen] = useState(() => {
    const name = chosenPerson.get();
    return people.some(person => person.name === name) ? name : null;
  });

  if (people.length === 0) {
    return (
      <Alert
        status="warning"
        title="No sign-in is set up. Configure a provider as backstage.io/docs/auth describes, and put its page in packages/app/src/signIn."
      />
    );
  }
  if (chosen === null) {
    return (
      <PersonChooser
        people={people}
        onChoose={person => {
          chosenPerson.set(person.name);
          setChosen(person.name);
        }}
      />
    );
  }
  return (
    <ProxiedSignInPage
      provider="demo"
      headers={{ 'x-slipway-person': chosen }}
      onSignInSuccess={identity => onSignInSuccess(forgetOnSignOut(identity))}
      ErrorComponent={({ error }) => (
        <SignInFailed
          reason={error?.message}
          onBack={() => {
            chosenPerson.clear();
            setChosen(null);
          }}
        />
      )}
    />
  );
};

/** The same identity, which forgets the chosen person when it signs out. */
function forgetOnSignOut(identity: IdentityApi): IdentityApi {
  return {
    getProfileInfo: () => identity.getProfileInfo(),
    getBackstageIdentity: () => identity.getBackstageIdentity(),
    getCredentials: () => identity.getCredentials(),
    async signOut() {
      chosenPerson.clear();
      await identity.signOut();
    },
  };
}
