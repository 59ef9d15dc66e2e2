import { PropsWithChildren } from 'react';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles(
  {
    grid: {
      display: 'grid',
      gridTemplateColumns: 'minmax(0, 1fr)',
      gap: 16,
      '@media (min-width: 768px)': {
        gridTemplateColumns: 'repeat(2, minmax(0, 1fr))',
      },
      '@media (min-width: 1280px)': {
        gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))',
      },
    },
  },
  { name: 'SlipwayEnvironmentGrid' },
);

/** Environments in promotion order: one column on a phone, two on a tablet, up to four on a wide screen. */
export function EnvironmentGrid({ children }: PropsWithChildren<{}>) {
  return <div className={useStyles().grid}>{children}</div>;
}
