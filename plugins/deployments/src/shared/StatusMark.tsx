import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { RemixiconComponentType } from '@remixicon/react';

/** How a status bears on the person who reads it. */
export type Tone = 'success' | 'danger' | 'warning' | 'info' | 'neutral';

const useStyles = makeStyles(
  {
    root: {
      display: 'inline-flex',
      alignItems: 'center',
      gap: 6,
      maxWidth: '100%',
      minHeight: 24,
      boxSizing: 'border-box',
      padding: '1px 8px 1px 6px',
      border: '1px solid',
      borderRadius: 'var(--bui-radius-full)',
      fontSize: 'var(--bui-font-size-2)',
      fontWeight: 500,
      lineHeight: 1.4,
      fontVariantNumeric: 'tabular-nums',
      '& > svg': { flex: 'none' },
      '& > span': { minWidth: 0, overflowWrap: 'anywhere' },
    },
    success: {
      color: 'var(--bui-fg-success-on-bg)',
      background: 'var(--bui-bg-success)',
      borderColor:
        'color-mix(in srgb, var(--bui-border-success) 60%, transparent)',
    },
    danger: {
      color: 'var(--bui-fg-danger-on-bg)',
      background: 'var(--bui-bg-danger)',
      borderColor:
        'color-mix(in srgb, var(--bui-border-danger) 60%, transparent)',
    },
    warning: {
      color: 'var(--bui-fg-warning-on-bg)',
      background: 'var(--bui-bg-warning)',
      borderColor:
        'color-mix(in srgb, var(--bui-border-warning) 60%, transparent)',
    },
    info: {
      color: 'var(--bui-fg-info-on-bg)',
      background: 'var(--bui-bg-info)',
      borderColor:
        'color-mix(in srgb, var(--bui-border-info) 60%, transparent)',
    },
    neutral: {
      color: 'var(--bui-fg-primary)',
      background: 'var(--bui-bg-neutral-1)',
      borderColor:
        'color-mix(in srgb, var(--bui-fg-secondary) 40%, transparent)',
    },
    spin: {
      animation: '$spin 1.6s linear infinite',
      '@media (prefers-reduced-motion: reduce)': { animation: 'none' },
    },
    '@keyframes spin': { to: { transform: 'rotate(360deg)' } },
  },
  { name: 'SlipwayStatusMark' },
);

/** A status as icon, word and tone, so that none of them alone carries the meaning. */
export function StatusMark(props: {
  icon: RemixiconComponentType;
  tone: Tone;
  /** Whether the icon turns, for what is under way. */
  isMoving?: boolean;
  children: ReactNode;
}) {
  const { icon: Icon, tone, isMoving, children } = props;
  const classes = useStyles();
  return (
    <span className={`${classes.root} ${classes[tone]}`} data-tone={tone}>
      <Icon
        size={14}
        aria-hidden
        className={isMoving ? classes.spin : undefined}
      />
      <span>{children}</span>
    </span>
  );
}
