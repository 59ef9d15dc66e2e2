import { makeStyles } from '@material-ui/core/styles';
import {
  RemixiconComponentType,
  RiAlarmWarningLine,
  RiArrowGoBackLine,
  RiCheckboxCircleFill,
  RiCircleLine,
  RiCloseCircleFill,
  RiLoader4Line,
  RiSkipForwardLine,
  RiStopCircleLine,
} from '@remixicon/react';
import { RunStep } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useNow } from '../hooks/useNow';
import { useTranslation } from '../hooks/useTranslation';
import { HOVER, QUIET, TONES } from '../shared/tones';

const ICONS: Record<RunStep['status'], RemixiconComponentType> = {
  pending: RiCircleLine,
  started: RiLoader4Line,
  succeeded: RiCheckboxCircleFill,
  failed: RiCloseCircleFill,
  errored: RiAlarmWarningLine,
  cancelled: RiStopCircleLine,
  skipped: RiSkipForwardLine,
  undone: RiArrowGoBackLine,
};

const useStyles = makeStyles(
  {
    list: { margin: 0, padding: 0, listStyle: 'none' },
    stage: {
      margin: '12px 0 4px',
      padding: '0 8px',
      fontSize: 'var(--bui-font-size-2)',
      fontWeight: 600,
      color: QUIET,
    },
    step: {
      display: 'grid',
      gridTemplateColumns: '16px minmax(0, 1fr)',
      gap: '0 10px',
      alignItems: 'start',
      width: '100%',
      minHeight: 40,
      padding: '6px 8px',
      border: 0,
      borderRadius: 'var(--bui-radius-2)',
      background: 'transparent',
      color: 'var(--bui-fg-primary)',
      font: 'inherit',
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.4,
      textAlign: 'left',
      cursor: 'pointer',
      '& > svg': { marginTop: 2 },
      '&:hover': { background: HOVER },
      '&:focus-visible': {
        outline: '2px solid var(--bui-ring)',
        outlineOffset: -2,
      },
    },
    marked: { background: HOVER },
    pending: { color: QUIET },
    succeeded: { '& > svg': { color: TONES.success.color } },
    failed: { '& > svg': { color: TONES.danger.color } },
    moving: {
      '& > svg': { color: TONES.info.color },
    },
    spin: {
      animation: '$spin 1.6s linear infinite',
      '@media (prefers-reduced-motion: reduce)': { animation: 'none' },
    },
    time: {
      display: 'block',
      minHeight: 17,
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      fontVariantNumeric: 'tabular-nums',
    },
    '@keyframes spin': { to: { transform: 'rotate(360deg)' } },
  },
  { name: 'SlipwayStepList' },
);

/** The steps in order, each with its state, its time and its usual time; pressing one shows its part of the log. */
export function StepList(props: {
  steps: readonly RunStep[];
  /** Id of the step that is marked. */
  marked: string | null;
  onChoose: (step: RunStep) => void;
}) {
  const { steps, marked, onChoose } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const recovery = steps.findIndex(step => step.stage === 'recover');
  return (
    <nav aria-label={t('steps.label')}>
      <ol className={classes.list}>
        {steps.map((step, index) => (
          <li key={step.index}>
            {index === recovery && (
              <p className={classes.stage}>{t('steps.recovery')}</p>
            )}
            <StepButton
              step={step}
              isMarked={step.id === marked}
              onPress={() => onChoose(step)}
            />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function StepButton(props: {
  step: RunStep;
  isMarked: boolean;
  onPress: () => void;
}) {
  const { step, isMarked, onPress } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const Icon = ICONS[step.status];
  const look = [
    classes.step,
    isMarked && classes.marked,
    step.status === 'pending' && classes.pending,
    step.status === 'succeeded' && classes.succeeded,
    step.status === 'started' && classes.moving,
    (step.status === 'failed' || step.status === 'errored') && classes.failed,
  ];
  return (
    <button
      type="button"
      className={look.filter(Boolean).join(' ')}
      aria-current={isMarked ? 'step' : undefined}
      onClick={onPress}
    >
      <Icon
        size={16}
        aria-hidden
        className={step.status === 'started' ? classes.spin : undefined}
      />
      <span>
        {step.title}
        <span className={classes.time}>
          {t(`steps.is.${step.status}`)} <StepTime step={step} />
        </span>
      </span>
    </button>
  );
}

function StepTime({ step }: { step: RunStep }) {
  const now = useNow(1_000);
  const format = useFormat();
  const { t } = useTranslation();
  const usual =
    step.usualMs === null
      ? null
      : t('steps.usual', { duration: format.duration(step.usualMs) });
  if (step.startedAt === null) {
    return step.status === 'pending' ? <>{usual}</> : null;
  }
  const took =
    (step.finishedAt ? Date.parse(step.finishedAt) : now) -
    Date.parse(step.startedAt);
  const duration = format.duration(
    step.finishedAt ? took : Math.floor(took / 1_000) * 1_000,
  );
  return <>{usual ? `${duration} ${usual}` : duration}</>;
}
