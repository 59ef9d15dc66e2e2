import { useState } from 'react';
import { Button, Flex, Text } from '@backstage/ui';
import {
  ApprovalRequest,
  ApprovalScope,
} from '@slipway/plugin-deployments-common';
import { makeStyles } from '@material-ui/core/styles';
import { RiUserFollowLine } from '@remixicon/react';
import { nameOf } from '../format';
import { useAnnounce } from '../hooks/useAnnounce';
import { useShownKeys } from '../hooks/useShortcuts';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from '../shared/EmptyState';
import { RequestRow } from './RequestRow';
import { ReviewDialog } from './ReviewDialog';
import { useHeldRequests } from './useHeldRequests';

const useStyles = makeStyles(
  {
    list: { margin: 0, padding: 0, listStyle: 'none' },
    // Always there, so that news does not push the rows; what the panel leaves above it is enough of a gap.
    bar: { height: 32, margin: '-16px 0 8px' },
  },
  { name: 'SlipwayApprovalRequests' },
);

/** Requests, the longest waiting first; the decision itself is made inside the plan. */
export function ApprovalRequests(props: {
  scope: ApprovalScope;
  requests: readonly ApprovalRequest[];
  onDecided: () => void;
}) {
  const { scope, requests, onDecided } = props;
  const classes = useStyles();
  const announce = useAnnounce();
  const { t } = useTranslation();
  // Kept until it is closed: somebody else's decision takes the row away, but not what is being read.
  const [reviewed, setReviewed] = useState<ApprovalRequest>();
  useShownKeys(
    scope === 'mine'
      ? [
          { key: '↑ ↓', label: t('keys.rows') },
          { key: 'Enter', label: t('keys.review') },
        ]
      : [{ key: '↑ ↓', label: t('keys.rows') }],
  );
  const { shown, count, show, remove, area } = useHeldRequests(requests);
  return (
    <div ref={area}>
      <Flex align="center" gap="2" className={classes.bar}>
        {count > 0 && (
          <>
            <Text variant="body-small" weight="bold">
              {t('history.updates', { count })}
            </Text>
            <Button size="small" variant="secondary" onPress={show}>
              {t('history.showUpdates')}
            </Button>
          </>
        )}
      </Flex>
      {shown.length === 0 && (
        <EmptyState
          icon={RiUserFollowLine}
          title={t(`approvals.empty.${scope}`)}
        />
      )}
      <ul className={classes.list}>
        {shown.map(item => (
          <RequestRow
            key={item.run.id}
            request={item}
            onOpen={scope === 'mine' ? () => setReviewed(item) : undefined}
            action={
              scope === 'mine' && (
                <Button
                  variant="secondary"
                  onPress={() => setReviewed(item)}
                  aria-label={t('approvals.reviewNamed', {
                    service: nameOf(item.run.serviceRef),
                    version: item.run.to.version,
                    environment: item.run.environment,
                  })}
                >
                  {t('approvals.review')}
                </Button>
              )
            }
          />
        ))}
      </ul>
      {reviewed && (
        <ReviewDialog
          runId={reviewed.run.id}
          title={t('approvals.reviewTitle', {
            service: nameOf(reviewed.run.serviceRef),
            version: reviewed.run.to.version,
            environment: reviewed.run.environment,
          })}
          onDecided={() => {
            setReviewed(undefined);
            remove(reviewed.run.id);
            announce(t('approvals.decided'));
            onDecided();
          }}
          onClose={() => setReviewed(undefined)}
        />
      )}
    </div>
  );
}
