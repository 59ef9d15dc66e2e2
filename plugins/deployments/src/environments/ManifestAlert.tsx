import { makeStyles } from '@material-ui/core/styles';
import { Alert, Link } from '@backstage/ui';
import {
  ManifestProblem,
  ManifestStatus,
} from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';

const useStyles = makeStyles(
  {
    list: { margin: '8px 0 0', padding: 0, listStyle: 'none' },
    item: { marginTop: 8 },
    place: {
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: 'var(--bui-font-size-2)',
    },
  },
  { name: 'SlipwayManifestAlert' },
);

/** What is wrong with the manifest, where, and how to mend it; nothing where it is well. */
export function ManifestAlert({ manifest }: { manifest: ManifestStatus }) {
  const { t } = useTranslation();
  const classes = useStyles();
  switch (manifest.status) {
    case 'valid':
      return null;
    case 'missing':
      return (
        <Alert
          status="warning"
          icon
          title={manifest.message}
          description={manifest.mend}
        />
      );
    case 'invalid':
      return (
        <Alert
          status="danger"
          icon
          title={t('manifest.invalid', { count: manifest.problems.length })}
          description={
            <>
              {t('manifest.consequence')}{' '}
              <Link href={manifest.url} target="_blank" rel="noopener">
                {t('manifest.open')}
              </Link>
              <ul className={classes.list}>
                {manifest.problems.map(problem => (
                  <li
                    key={`${placeOf(problem)} ${problem.message}`}
                    className={classes.item}
                  >
                    <span className={classes.place}>{placeOf(problem)}</span>{' '}
                    {problem.message} <strong>{problem.mend}</strong>
                  </li>
                ))}
              </ul>
            </>
          }
        />
      );
    default:
      return manifest satisfies never;
  }
}

function placeOf({ file, line, column }: ManifestProblem): string {
  return [file, line, column].filter(part => part !== null).join(':');
}
