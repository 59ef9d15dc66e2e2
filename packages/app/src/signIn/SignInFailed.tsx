import { Alert, Button, Flex } from '@backstage/ui';

/** Says why nobody is signed in, and leads back to the choice. */
export const SignInFailed = (props: {
  reason?: string;
  onBack: () => void;
}) => (
  <Flex direction="column" align="center" p="6" gap="4">
    <Alert
      status="danger"
      title="Sign-in failed"
      description={`${
        props.reason ?? 'The portal did not say why.'
      } Just after a start the catalog may still be reading its people: wait a moment and choose again.`}
    />
    <Button onPress={props.onBack}>Choose a person</Button>
  </Flex>
);
