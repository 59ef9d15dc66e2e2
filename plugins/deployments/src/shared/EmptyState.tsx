import { ReactNode } from 'react';
import { Flex, Text } from '@backstage/ui';
import { RemixiconComponentType, RiInbox2Line } from '@remixicon/react';
import { QUIET } from './tones';

const CENTERED = { textAlign: 'center', margin: 0 } as const;

/** Says why there is nothing, and offers the one thing to do about it. */
export function EmptyState(props: {
  icon?: RemixiconComponentType;
  title: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
}) {
  const { icon: Icon = RiInbox2Line, title, description, action } = props;
  return (
    <Flex direction="column" align="center" gap="2" py="8" px="4">
      <Icon size={28} aria-hidden color={QUIET} />
      <Text as="p" variant="body-large" weight="bold" style={CENTERED}>
        {title}
      </Text>
      {description && (
        <Text
          as="p"
          variant="body-medium"
          style={{ ...CENTERED, color: QUIET }}
        >
          {description}
        </Text>
      )}
      {action}
    </Flex>
  );
}
