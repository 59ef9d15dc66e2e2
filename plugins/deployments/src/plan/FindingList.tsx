import { Alert, Flex } from '@backstage/ui';
import { Finding } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';

const ORDER: readonly Finding['severity'][] = ['blocking', 'warning', 'info'];
const STATUS = {
  blocking: 'danger',
  warning: 'warning',
  info: 'info',
} as const;

/** What a person should know before agreeing, the worst first. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) {
    return null;
  }
  const sorted = [...findings].sort(
    (a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity),
  );
  return (
    <Flex direction="column" gap="2">
      {sorted.map(({ severity, message, mend }) => (
        <Alert
          key={`${severity} ${message}`}
          status={STATUS[severity]}
          icon
          title={t(`finding.${severity}`, { message })}
          description={mend}
        />
      ))}
    </Flex>
  );
}
