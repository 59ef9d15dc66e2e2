import { makeStyles } from '@material-ui/core/styles';
import {
  ArtifactChange,
  Commit,
  ConfigurationChange,
  PlannedMigration,
  PlannedStep,
} from '@slipway/plugin-deployments-common';
import { shortenHash } from '../format';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { RelativeTime } from '../shared/RelativeTime';
import { FindingList } from './FindingList';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    list: {
      margin: 0,
      padding: 0,
      listStyle: 'none',
      maxHeight: 280,
      overflowY: 'auto',
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.5,
    },
    row: {
      display: 'flex',
      flexWrap: 'wrap',
      gap: '0 12px',
      padding: '4px 0',
      overflowWrap: 'anywhere',
    },
    grow: { flex: '1 1 240px', minWidth: 0 },
    quiet: {
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
    },
    mono: {
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: 'var(--bui-font-size-2)',
    },
    steps: { margin: 0, paddingLeft: 24, lineHeight: 1.8 },
    none: { margin: 0, color: QUIET },
  },
  { name: 'SlipwayPlanLists' },
);

/** Commits, newest first, and how many more there are. */
export function CommitList(props: {
  commits: readonly Commit[];
  total: number;
}) {
  const { commits, total } = props;
  const classes = useStyles();
  const format = useFormat();
  const { t } = useTranslation();
  if (commits.length === 0) {
    return <p className={classes.none}>{t('plan.none')}</p>;
  }
  return (
    <ul className={classes.list}>
      {commits.map(commit => (
        <li key={commit.id} className={classes.row}>
          <span className={classes.mono}>{shortenHash(commit.id)}</span>
          <span className={classes.grow}>{commit.subject}</span>
          <span className={classes.quiet}>
            {commit.author}, <RelativeTime at={commit.committedAt} />
          </span>
        </li>
      ))}
      {total > commits.length && (
        <li className={classes.quiet}>
          {t('plan.moreCommits', {
            number: format.number(total - commits.length),
          })}
        </li>
      )}
    </ul>
  );
}

/** What is moved, by digest; what this run will build has none yet. */
export function ArtifactList(props: { artifacts: readonly ArtifactChange[] }) {
  const classes = useStyles();
  const { t } = useTranslation();
  if (props.artifacts.length === 0) {
    return <p className={classes.none}>{t('plan.none')}</p>;
  }
  return (
    <ul className={classes.list}>
      {props.artifacts.map(({ name, from, to }) => (
        <li key={name} className={classes.row}>
          <span className={classes.grow}>{name}</span>
          <span className={classes.mono}>
            {from ? shortenHash(from) : t('plan.noArtifact')} →{' '}
            {to ? shortenHash(to) : t('plan.willBuild')}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Migrations in the order in which they run, with what was found in them. */
export function MigrationList(props: {
  migrations: readonly PlannedMigration[];
}) {
  const classes = useStyles();
  const { t } = useTranslation();
  if (props.migrations.length === 0) {
    return <p className={classes.none}>{t('plan.none')}</p>;
  }
  return (
    <ul className={classes.list}>
      {props.migrations.map(({ name, findings }) => (
        <li key={name}>
          <div className={classes.row}>
            <span className={classes.mono}>{name}</span>
          </div>
          <FindingList findings={findings} />
        </li>
      ))}
    </ul>
  );
}

/** Names of configuration that change; values are never shown. */
export function ConfigurationList(props: {
  configuration: readonly ConfigurationChange[];
}) {
  const classes = useStyles();
  const { t } = useTranslation();
  if (props.configuration.length === 0) {
    return <p className={classes.none}>{t('plan.none')}</p>;
  }
  return (
    <ul className={classes.list}>
      {props.configuration.map(({ name, change, secret }) => (
        <li key={name} className={classes.row}>
          <span className={`${classes.mono} ${classes.grow}`}>{name}</span>
          <span className={classes.quiet}>
            {t(`configuration.${change}`)}
            {secret && `, ${t('configuration.secret')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What will be done, in order. */
export function StepTitles({ steps }: { steps: readonly PlannedStep[] }) {
  const classes = useStyles();
  return (
    <ol className={classes.steps}>
      {steps.map(step => (
        <li key={step.id}>{step.title}</li>
      ))}
    </ol>
  );
}
