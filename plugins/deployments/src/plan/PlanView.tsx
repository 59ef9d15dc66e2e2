import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import {
  Finding,
  GateStatus,
  isPassed,
  Plan,
} from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { CopyHash } from '../shared/CopyHash';
import { RelativeTime } from '../shared/RelativeTime';
import { FindingMarks } from '../shared/FindingMarks';
import { VersionMark } from '../shared/VersionMark';
import { FindingList } from './FindingList';
import { GateSummary, PlanGates } from './PlanGates';
import {
  ArtifactList,
  CommitList,
  ConfigurationList,
  MigrationList,
  StepTitles,
} from './PlanLists';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: { display: 'flex', flexDirection: 'column', gap: 16, minWidth: 0 },
    change: {
      display: 'flex',
      alignItems: 'center',
      flexWrap: 'wrap',
      gap: '4px 12px',
      fontSize: 'var(--bui-font-size-5)',
    },
    sections: {
      border: '1px solid var(--bui-border-1)',
      borderRadius: 'var(--bui-radius-3)',
      overflow: 'hidden',
      '& > * + *': { borderTop: '1px solid var(--bui-border-1)' },
    },
    section: { borderRadius: 0 },
    trigger: {
      display: 'inline-flex',
      alignItems: 'center',
      flexWrap: 'wrap',
      gap: '2px 10px',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      '& strong': {
        color: 'var(--bui-fg-primary)',
        fontSize: 'var(--bui-font-size-3)',
        fontWeight: 600,
      },
    },
    foot: {
      display: 'flex',
      alignItems: 'center',
      flexWrap: 'wrap',
      gap: '4px 16px',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
    },
    hash: { display: 'inline-flex', alignItems: 'center' },
    plain: { margin: 0, paddingLeft: 20, lineHeight: 1.6 },
  },
  { name: 'SlipwayPlanView' },
);

/** All that an operation would change: nothing happens that is not written here. */
export function PlanView(props: {
  plan: Plan;
  /** How its gates stand; left out where those of the run are shown beside it. */
  gates?: readonly GateStatus[];
}) {
  const { plan, gates } = props;
  const { content, usualMs } = plan;
  const classes = useStyles();
  const format = useFormat();
  const { t } = useTranslation();
  const { commits, artifacts, migrations, configuration, steps, approvals } =
    content;
  const findings = [
    ...content.findings,
    ...migrations.flatMap(migration =>
      migration.findings
        .filter(({ severity }) => severity === 'blocking')
        .map(finding => ({
          ...finding,
          message: `${migration.name}: ${finding.message}`,
        })),
    ),
  ];
  return (
    <div className={classes.root}>
      <div className={classes.change}>
        {content.from ? (
          <VersionMark
            version={content.from.version}
            commitId={content.from.commitId}
          />
        ) : (
          <span>{t('plan.nothingYet')}</span>
        )}
        <RiArrowRightLine size={20} aria-label={t('plan.becomes')} />
        <VersionMark
          version={content.to.version}
          commitId={content.to.commitId}
        />
      </div>

      <FindingList findings={findings} />
      {content.doesNotRevert.length > 0 && (
        <div>
          <strong>{t('plan.doesNotRevert')}</strong>
          <ul className={classes.plain}>
            {content.doesNotRevert.map(sentence => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}

      <div className={classes.sections}>
        <Section
          title={t('plan.section.gates')}
          summary={<GateSummary approvals={approvals} gates={gates} />}
          isOpen={gates?.some(({ state }) => !isPassed(state))}
        >
          <PlanGates approvals={approvals} gates={gates} />
        </Section>
        <Section
          title={t('plan.section.commits')}
          summary={t(`plan.commits.${commits.direction}`, {
            count: commits.total,
          })}
          isOpen={commits.items.length > 0}
        >
          <CommitList commits={commits.items} total={commits.total} />
        </Section>
        <Section
          title={t('plan.section.artifacts')}
          summary={format.number(artifacts.length)}
        >
          <ArtifactList artifacts={artifacts} />
        </Section>
        <Section
          title={t('plan.section.migrations')}
          summary={<MigrationSummary migrations={migrations} />}
          isOpen={migrations.some(({ findings: found }) => found.length > 0)}
        >
          <MigrationList migrations={migrations} />
        </Section>
        <Section
          title={t('plan.section.configuration')}
          summary={summarizeConfiguration()}
        >
          <ConfigurationList configuration={configuration} />
        </Section>
        <Section
          title={t('plan.section.steps')}
          summary={
            usualMs === null
              ? format.number(steps.length)
              : t('plan.stepsUsual', {
                  number: format.number(steps.length),
                  duration: format.duration(usualMs),
                })
          }
        >
          <StepTitles steps={steps} />
        </Section>
      </div>

      <div className={classes.foot}>
        <span className={classes.hash}>
          {t('plan.hash')} <CopyHash label={t('copy.plan')} hash={plan.hash} />{' '}
          <RelativeTime at={plan.createdAt} />
        </span>
      </div>
    </div>
  );

  function summarizeConfiguration(): string {
    const count = (change: (typeof configuration)[number]['change']) =>
      configuration.filter(entry => entry.change === change).length;
    const parts = [
      ['+', count('added')],
      ['~', count('changed')],
      ['-', count('removed')],
    ] as const;
    return (
      parts
        .filter(([, number]) => number > 0)
        .map(([sign, number]) => `${sign}${number}`)
        .join(' ') || '0'
    );
  }
}

function MigrationSummary(props: {
  migrations: Plan['content']['migrations'];
}) {
  const { migrations } = props;
  const count = (severity: Finding['severity']) =>
    migrations.flatMap(({ findings }) =>
      findings.filter(finding => finding.severity === severity),
    ).length;
  return (
    <>
      {migrations.length}
      <FindingMarks blocking={count('blocking')} warning={count('warning')} />
    </>
  );
}

function Section(props: {
  title: string;
  summary: ReactNode;
  isOpen?: boolean;
  children: ReactNode;
}) {
  const classes = useStyles();
  return (
    <Accordion defaultExpanded={props.isOpen} className={classes.section}>
      <AccordionTrigger>
        <span className={classes.trigger}>
          <strong>{props.title}</strong> {props.summary}
        </span>
      </AccordionTrigger>
      <AccordionPanel>{props.children}</AccordionPanel>
    </Accordion>
  );
}
