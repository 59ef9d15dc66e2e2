import { makeStyles } from '@material-ui/core/styles';
import { RiGitCommitLine } from '@remixicon/react';
import { Ahead } from '@slipway/plugin-deployments-common';
import { Translate, useTranslation } from '../hooks/useTranslation';

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      alignItems: 'center',
      gap: 6,
      margin: 0,
      fontSize: 'var(--bui-font-size-3)',
    },
  },
  { name: 'SlipwayAheadLine' },
);

/** How many commits wait to be promoted to the next environment, and how many it has more. */
export function AheadLine({ ahead }: { ahead: Ahead | null }) {
  const classes = useStyles();
  const { t } = useTranslation();
  if (!ahead) {
    return null;
  }
  return (
    <p className={classes.root}>
      <RiGitCommitLine size={16} aria-hidden />
      {describeAhead(t, ahead)}
    </p>
  );
}

function describeAhead(t: Translate, ahead: Ahead): string {
  const { of } = ahead;
  if (ahead.comparison !== 'counted') {
    return t(`ahead.${ahead.comparison}`, { of });
  }
  const { commits, behind } = ahead;
  if (commits > 0 && behind > 0) {
    return t('ahead.both', { count: commits, of, behind: String(behind) });
  }
  if (behind > 0) {
    return t('ahead.behind', { count: behind, of });
  }
  return commits > 0
    ? t('ahead.some', { count: commits, of })
    : t('ahead.none', { of });
}
