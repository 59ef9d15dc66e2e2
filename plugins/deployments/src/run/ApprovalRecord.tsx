import { makeStyles } from '@material-ui/core/styles';
import { RiUserForbidLine, RiUserFollowLine } from '@remixicon/react';
import { Approval } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';

const useStyles = makeStyles(
  {
    list: {
      margin: 0,
      padding: 0,
      listStyle: 'none',
      fontSize: 'var(--bui-font-size-3)',
    },
    row: { display: 'flex', alignItems: 'center', gap: 8, minHeight: 32 },
  },
  { name: 'SlipwayApprovalRecord' },
);

/** Who said yes or no to which plan; a yes that a changed plan voided stays on record. */
export function ApprovalRecord(props: { approvals: readonly Approval[] }) {
  const classes = useStyles();
  const { t } = useTranslation();
  if (props.approvals.length === 0) {
    return null;
  }
  return (
    <ul className={classes.list} aria-label={t('approval.record')}>
      {props.approvals.map(approval => (
        <li key={`${approval.by} ${approval.at}`} className={classes.row}>
          {approval.decision === 'approved' ? (
            <RiUserFollowLine size={16} aria-hidden />
          ) : (
            <RiUserForbidLine size={16} aria-hidden />
          )}
          <span>
            {t(`approval.${approval.decision}`, {
              by: <PersonName by={approval.by} />,
              at: <RelativeTime at={approval.at} />,
            })}
            {approval.reason && ` “${approval.reason}”`}
            {approval.voidedAt && ` ${t('approval.voided')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
