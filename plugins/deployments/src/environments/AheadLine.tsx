import { makeStyles } from '@material-ui/core/styles';
import { RiGitCommitLine } from '@remixicon/react';
import { useTranslation } from '../hooks/useTranslation';
import { OpenEnvironment } from './types';

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

/** How many commits wait to be promoted to the next environment. */
export function AheadLine({ environment }: { environment: OpenEnvironment }) {
  const { ahead } = environment;
  const classes = useStyles();
  const { t } = useTranslation();
  if (!ahead) {
    return null;
  }
  return (
    <p className={classes.root}>
      <RiGitCommitLine size={16} aria-hidden />
      {describeAhead()}
    </p>
  );

  function describeAhead() {
    if (!ahead || ahead.commits === null) {
      return t('ahead.unknown', { of: ahead?.of ?? '' });
    }
    return ahead.commits === 0
      ? t('ahead.none', { of: ahead.of })
      : t('ahead.some', { count: ahead.commits, of: ahead.of });
  }
}
