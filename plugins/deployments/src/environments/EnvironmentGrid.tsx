import { Children, PropsWithChildren } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { RiArrowRightLine } from '@remixicon/react';
import { QUIET } from '../shared/tones';

/** Between two cards, and the arrow that stands there, pixels. */
const ROOM = 24;
const ARROW = 16;

const useStyles = makeStyles(
  {
    grid: {
      display: 'grid',
      gridTemplateColumns: 'minmax(0, 1fr)',
      gap: ROOM,
      '@media (min-width: 768px)': {
        gridTemplateColumns: 'repeat(2, minmax(0, 1fr))',
      },
      '@media (min-width: 1280px)': {
        gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))',
      },
    },
    place: {
      position: 'relative',
      display: 'grid',
      minWidth: 0,
    },
    arrow: {
      display: 'none',
      position: 'absolute',
      left: (ROOM + ARROW) / -2,
      top: 18,
      color: QUIET,
      '@media (min-width: 768px)': { display: 'block' },
    },
  },
  { name: 'SlipwayEnvironmentGrid' },
);

/** Environments in promotion order: one column on a phone, two on a tablet, up to four on a wide screen. */
export function EnvironmentGrid({ children }: PropsWithChildren<{}>) {
  const classes = useStyles();
  return (
    <div className={classes.grid}>
      {Children.map(children, (child, index) => (
        <div className={classes.place}>
          {index > 0 && (
            <RiArrowRightLine
              size={ARROW}
              aria-hidden
              className={classes.arrow}
            />
          )}
          {child}
        </div>
      ))}
    </div>
  );
}
