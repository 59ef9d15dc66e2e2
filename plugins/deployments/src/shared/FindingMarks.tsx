import { RiCloseCircleFill, RiErrorWarningLine } from '@remixicon/react';
import { useTranslation } from '../hooks/useTranslation';
import { StatusMark } from './StatusMark';

/** How many findings of a plan block it, and how many warn. */
export function FindingMarks(props: { blocking: number; warning: number }) {
  const { blocking, warning } = props;
  const { t } = useTranslation();
  return (
    <>
      {blocking > 0 && (
        <StatusMark icon={RiCloseCircleFill} tone="danger">
          {t('finding.blockingCount', { count: blocking })}
        </StatusMark>
      )}
      {warning > 0 && (
        <StatusMark icon={RiErrorWarningLine} tone="warning">
          {t('finding.warningCount', { count: warning })}
        </StatusMark>
      )}
    </>
  );
}
