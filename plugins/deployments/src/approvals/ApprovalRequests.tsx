import { useState } from 'react';
import { Button } from '@backstage/ui';
import {
  ApprovalRequest,
  ApprovalScope,
  RunId,
} from '@slipway/plugin-deployments-common';
import { makeStyles } from '@material-ui/core/styles';
import { RiUserFollowLine } from '@remixicon/react';
import { nameOf } from '../format';
import { useAnnounce } from '../hooks/useAnnounce';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from '../shared/EmptyState';
import { RequestRow } from './RequestRow';
import { ReviewDialog } from './ReviewDialog';

const useStyles = makeStyles(
  { list: { margin: 0, padding: 0, listStyle: 'none' } },
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
  const [reviewed, setReviewed] = useState<RunId>();
  const request = requests.find(({ run }) => run.id === reviewed);
  if (requests.length === 0) {
    return (
      <EmptyState
        icon={RiUserFollowLine}
        title={t(`approvals.empty.${scope}`)}
      />
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {requests.map(item => (
          <RequestRow
            key={item.run.id}
            request={item}
            action={
              scope === 'mine' && (
                <Button
                  variant="secondary"
                  onPress={() => setReviewed(item.run.id)}
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
      {request && (
        <ReviewDialog
          runId={request.run.id}
          title={t('approvals.reviewTitle', {
            service: nameOf(request.run.serviceRef),
            version: request.run.to.version,
            environment: request.run.environment,
          })}
          onDecided={() => {
            setReviewed(undefined);
            announce(t('approvals.decided'));
            onDecided();
          }}
          onClose={() => setReviewed(undefined)}
        />
      )}
    </>
  );
}
