import { makeStyles } from '@material-ui/core/styles';
import { useTranslation } from '../hooks/useTranslation';
import { CopyHash } from './CopyHash';

const useStyles = makeStyles(
  {
    root: {
      display: 'inline-flex',
      alignItems: 'baseline',
      flexWrap: 'wrap',
      gap: 4,
      minWidth: 0,
    },
    version: {
      fontVariantNumeric: 'tabular-nums',
      overflowWrap: 'anywhere',
      fontWeight: 600,
    },
    large: {
      fontSize: 'var(--bui-font-size-7)',
      lineHeight: 1.15,
      letterSpacing: '-0.02em',
    },
    small: { fontSize: 'inherit' },
  },
  { name: 'SlipwayVersionMark' },
);

/** A version, and small beside it the commit to copy. */
export function VersionMark(props: {
  version: string;
  commitId: string | null;
  size?: 'small' | 'large';
}) {
  const { version, commitId, size = 'small' } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  return (
    <span className={classes.root}>
      <span className={`${classes.version} ${classes[size]}`}>{version}</span>
      {commitId && <CopyHash label={t('copy.commit')} hash={commitId} />}
    </span>
  );
}
