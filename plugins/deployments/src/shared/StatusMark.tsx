import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { RemixiconComponentType } from '@remixicon/react';

import { Tone, TONES } from './tones';

export type { Tone } from './tones';

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
    ...TONES,
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
